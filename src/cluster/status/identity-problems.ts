import type { Problem, StatusInput } from './report.js';
import { doubtfulServers } from '../plan/doubtful-servers.js';
import { missingServers } from '../plan/differences/drift.js';
import { nameDifferences } from '../plan/node-names.js';
import { takenNames } from '../plan/taken-names.js';
import { clusterLabels } from '../state/labels.js';
import { kindNames } from '../state/owned-resources.js';
import { nodesWithoutServer } from '../state/nodes.js';
import { inTheConsole, tool } from '../../lib/commands.js';

/** Servers, nodes and names that do not go together: somebody edited them, or left them behind. */
export function identityProblems(input: StatusInput): Problem[] {
  const { config, state, seen } = input;
  const nodes = 'nodes' in seen ? seen.nodes : [];
  return [
    ...doubtfulServers({ config, state, nodes }).map(({ id, name, why, remedy }): Problem => {
      const message = `nobody can tell which node ${name} (id ${id}) is: ${why}`;
      return { code: 'server-unclear', message, hint: remedy };
    }),
    ...takenNames(config.cluster_name, missingServers(config, state), state).map(
      ({ message, remedy: hint }): Problem => ({ code: 'name-taken', message, hint }),
    ),
    ...foreignNames(input),
    ...differences(input),
    ...lostNodes(input),
  ];
}

/** A create would stop at them. Servers are named with the nodes that they may be. */
function foreignNames({ config, state }: StatusInput): Problem[] {
  const labels = Object.entries(clusterLabels(config.cluster_name));
  const pairs = labels.map(([key, value]) => `${key}=${value}`);
  const others = state.foreign.filter(({ kind }) => kind !== 'server');
  return others.map(({ kind, name, id }) => ({
    code: 'name-taken',
    message: `the ${kindNames[kind]} ${name} (id ${id}) has a name that the cluster needs, but not its labels`,
    hint: `${tool`hcloud ${kind} add-label --overwrite ${id} ${pairs}`}, if it is the cluster's; or give it another name`,
  }));
}

function differences({ state, seen }: StatusInput): Problem[] {
  if (!('nodes' in seen)) return [];
  return nameDifferences(state.servers, seen.nodes).map(({ kind, message, remedy: hint }) => {
    return { code: kind === 'stale' ? 'stale-node' : 'name-differs', message, hint };
  });
}

/** Nodes whose server was deleted by hand, or lost the labels by which it is the cluster's. */
function lostNodes({ state, seen }: StatusInput): Problem[] {
  if (!('nodes' in seen)) return [];
  const known = [...state.servers, ...state.unreadable];
  return nodesWithoutServer(seen.nodes, known).map(({ name, ready, internalIp }) => ({
    code: 'node-without-server',
    message: `the node ${name} (${internalIp ?? 'no address'}) is no server with the cluster's labels`,
    hint: ready
      ? `its server runs: look for it ${inTheConsole} and give it its labels again`
      : `if its server is gone: ${tool`kubectl delete node ${name}`}`,
  }));
}
