import type { ClusterConfig } from '../../../config/schema.js';
import { oxide } from '../../../lib/commands.js';
import { formatDuration } from '../../../lib/format.js';
import type { ClusterState, Role, ServerState } from '../../state/cluster-state.js';
import { labelKeys, removalStage } from '../../state/labels.js';
import { poolsOf } from '../../state/node-pools.js';
import { nodeOfServer, nodesWithoutServer, type ClusterNode } from '../../state/nodes.js';
import { missingServers } from '../differences/drift.js';
import { repairMark } from '../replacement-marks.js';

/** How long a node is not Ready before it may count as dead, unless somebody says otherwise, ms. */
export const deadAfterMs = 5 * 60_000;

/** What is known of a node, before anybody says whether it lives. */
export interface Vitals {
  readonly name: string;
  readonly role: Role;
  readonly pool: string;
  /** Hetzner's word of its server; undefined: there is none. */
  readonly status: string | undefined;
  /** Whether cluster.yaml has its pool, so that it can be made. */
  readonly configured: boolean;
  /** A run has begun to take it out: a repair, or another command. */
  readonly removal: 'repair' | 'other' | undefined;
  /** A repair has made it and was not finished with it. */
  readonly made: boolean;
  /** In Kubernetes. */
  readonly node: 'none' | 'ready' | 'not-ready';
  /** How long it is not Ready by the clock of the cluster; undefined: nobody tells. */
  readonly notReadyMs: number | undefined;
  /** Whether its Talos answers; undefined: it was not asked. */
  readonly talosAnswers: boolean | undefined;
}

/** What is to be said of a node. */
export interface Verdict {
  readonly vitals: Vitals;
  /** `unfinished`: a repair has begun with it. `unclear`: not well, and not known to be dead. */
  readonly is: 'well' | 'dead' | 'unfinished' | 'unclear';
  /** In a few words; empty for those that are well. */
  readonly why: string;
}

export interface VitalsInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly nodes: readonly ClusterNode[];
  /** What time it is in the cluster, ms; undefined: nobody tells. */
  readonly clusterTime: number | undefined;
  /** Whether Talos answers, by the id of the server; only of those that were asked. */
  readonly talos: ReadonlyMap<number, boolean>;
}

/** What is known of every node that exists or that cluster.yaml asks for. */
export function vitalsOf(input: VitalsInput): readonly Vitals[] {
  const { config, state, nodes } = input;
  const nobodys = nodesWithoutServer(nodes, state.servers);
  const gone = missingServers(config, state).map(({ name, role, pool }): Vitals => ({
    ...{ name, role, pool, status: undefined, configured: true, removal: undefined, made: false },
    node: standing(nobodys.find((node) => node.name === name.toLowerCase())),
    ...{ notReadyMs: undefined, talosAnswers: undefined },
  }));
  return [...state.servers.map((server) => ofServer(input, server)), ...gone];
}

function ofServer({ config, nodes, clusterTime, talos }: VitalsInput, server: ServerState): Vitals {
  const { id, name, role, pool, status, labels } = server;
  const node = nodeOfServer(nodes, server);
  const since = node?.notReadySince;
  const replacement = labels[labelKeys.replacement];
  const isOfRepair = replacement === `${repairMark}.old`;
  return {
    ...{ name, role, pool, status },
    configured: poolsOf(config).some((one) => one.role === role && one.pool.name === pool),
    removal: removalStage(labels) === undefined ? undefined : isOfRepair ? 'repair' : 'other',
    made: replacement === `${repairMark}.new`,
    node: standing(node),
    notReadyMs:
      since === undefined || clusterTime === undefined
        ? undefined
        : Math.max(0, clusterTime - since),
    talosAnswers: talos.get(id),
  };
}

function standing(node: ClusterNode | undefined): Vitals['node'] {
  if (node === undefined) return 'none';
  return node.ready ? 'ready' : 'not-ready';
}

/** Whether a node lives, by facts alone: what is not known is never taken for its death. */
export function verdictOf(vitals: Vitals, afterMs: number): Verdict {
  const is = (what: Verdict['is'], why = ''): Verdict => ({ vitals, is: what, why });
  const { status, node, removal, made, configured } = vitals;
  if (status === undefined) {
    if (node === 'ready') {
      return is('unclear', 'no server has its labels, and Kubernetes has a Ready node of its name');
    }
    // A count that was raised looks the same: Kubernetes may have forgotten the node of a server that is gone.
    return is('dead', node === 'none' ? 'there is no server of it' : 'its server is gone');
  }
  if (removal === 'repair') return is('dead', 'an earlier repair has begun to take it out');
  if (removal === 'other') {
    return is(
      'unclear',
      'its removal was begun and not finished: the command that began it goes on',
    );
  }
  if (made) return is('unfinished', 'an earlier repair has made it and was stopped');
  if (node === 'ready' && status === 'running') return is('well');
  const dead = (why: string): Verdict =>
    configured ? is('dead', why) : is('unclear', `${why}, and cluster.yaml does not have its pool`);
  if (status === 'off') {
    return node === 'none'
      ? is('unclear', `its server is off, and it never was a node: ${oxide`create`} finishes it`)
      : dead('its server is off');
  }
  if (status !== 'running') return is('unclear', `its server is ${status}`);
  if (node === 'none') {
    return is('unclear', `its server runs, and Kubernetes has no node with its address`);
  }
  return ofSilence(vitals, { afterMs, is, dead });
}

interface Saying {
  readonly afterMs: number;
  readonly is: (what: Verdict['is'], why: string) => Verdict;
  readonly dead: (why: string) => Verdict;
}

/** Of a node that is not Ready while its server runs. */
function ofSilence({ notReadyMs, talosAnswers }: Vitals, { afterMs, is, dead }: Saying): Verdict {
  if (notReadyMs === undefined) return is('unclear', 'not Ready, and nobody tells since when');
  const since = `not Ready for ${formatDuration(notReadyMs)}`;
  if (notReadyMs < afterMs) {
    return is(
      'unclear',
      `${since}: it may come back, and counts as dead after ${formatDuration(afterMs)}`,
    );
  }
  if (talosAnswers === undefined)
    return is('unclear', `${since}, and its Talos could not be asked`);
  if (talosAnswers) return is('unclear', `${since}, but its Talos answers`);
  return dead(`${since}, and its Talos does not answer`);
}
