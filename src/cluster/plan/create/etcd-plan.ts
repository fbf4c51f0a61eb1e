import { oxide, tool } from '../../../lib/commands.js';
import { PreconditionError } from '../../../lib/errors.js';
import { enumerate } from '../../../lib/format.js';
import type { ClusterConfig } from '../../../config/schema.js';
import { endpointAddress } from '../../network/api-endpoint.js';
import { discoveryIsOff } from '../../talos/discovery.js';
import {
  goneMembers,
  memberName,
  sickMember,
  type EtcdMemberView,
  type EtcdSeen,
} from '../../talos/etcd.js';
import { canRemoveDead } from '../../talos/quorum.js';
import type { Change } from '../plan.js';
import { isUnfinished, type PlannedServer } from '../planned-servers.js';

export interface EtcdPlan {
  readonly changes: readonly Change[];
  /** Members whose servers are gone, to be removed before another one joins. */
  readonly gone: readonly EtcdMemberView[];
}

export interface EtcdPlanInput {
  readonly config: ClusterConfig;
  /** All that cluster.yaml asks for. */
  readonly servers: readonly PlannedServer[];
  readonly seen: EtcdSeen;
}

/**
 * What has to be done so that every wanted control plane is a voter. Throws before anything is paid
 * for when a new one could not join.
 */
export function planEtcd({ config, servers, seen }: EtcdPlanInput): EtcdPlan {
  if (seen.kind !== 'running') return { changes: [], gone: [] };
  const { members } = seen;
  const controlPlanes = servers.filter(({ role }) => role === 'control-plane');
  const objection = staysObjection(members, controlPlanes);
  const joining = controlPlanes.filter(({ existing }) => !existing);
  if (objection !== undefined && joining.length > 0) throw blocked(objection, seen);
  demandWayToMembers(config, joining);
  const gone = objection === undefined ? goneMembers(members) : [];
  return {
    gone,
    changes: [
      ...gone.map(({ hostname, id }): Change => ({
        action: 'delete',
        kind: 'etcd-member',
        name: hostname === '' ? id : hostname,
        detail: `${id}, its server is gone`,
      })),
      ...controlPlanes.flatMap((server) => joinChange(server, members)),
    ],
  };
}

/** A control plane that runs and is no voter yet. One that is started anyway is in the plan already. */
function joinChange(
  { existing }: PlannedServer,
  members: readonly EtcdMemberView[],
): readonly Change[] {
  if (!existing || isUnfinished(existing)) return [];
  const own = members.find(({ server }) => server === existing.name);
  if (own?.healthy && !own.learner) return [];
  const detail = own && !own.learner ? 'wait for its etcd member' : 'join etcd';
  return [{ action: 'update', kind: 'server', name: existing.name, detail }];
}

/**
 * Why neither a member can be removed nor another one join: a voter that stays is sick, or those
 * that stay have no quorum. A control plane that this plan starts is not held against it.
 */
function staysObjection(
  members: readonly EtcdMemberView[],
  controlPlanes: readonly PlannedServer[],
): string | undefined {
  const starting = new Set(
    controlPlanes.flatMap(({ existing }) =>
      existing && existing.status !== 'running' ? [existing.name] : [],
    ),
  );
  const gone = goneMembers(members);
  const staying = members.filter((member) => !gone.includes(member) && !member.learner);
  const sick = staying.find(
    ({ server, healthy }) => !healthy && (server === undefined || !starting.has(server)),
  );
  if (sick) return sickMember(sick);
  const { length: dead } = gone.filter(({ learner }) => !learner);
  const { length: healthy } = staying;
  const answer = canRemoveDead({ members: healthy + dead, healthy }, dead);
  return answer === 'yes' ? undefined : answer.refused;
}

function blocked(
  objection: string,
  { members, removal }: EtcdSeen & { readonly kind: 'running' },
): PreconditionError {
  const gone = goneMembers(members);
  const meanwhile = `, and ${enumerate(gone.map(memberName))} cannot be removed meanwhile`;
  return new PreconditionError(
    `no control plane can join etcd: ${objection}${gone.length === 0 ? '' : meanwhile}\nNothing was changed.`,
    [
      `Look at that control plane: ${oxide`status`}. When it is dead, ${oxide`repair`} makes it anew.`,
      `${oxide`create`} removes the member of a server that is gone, and makes the server again.`,
      ...gone.map(({ id }) => `Remove a member by hand: ${removal(id)}`),
    ].join('\n'),
  );
}

const discoveryOn = '{"cluster":{"discovery":{"enabled":true}}}';

/**
 * A new control plane finds etcd's members at the cluster's endpoint and by discovery. The one that
 * holds the endpoint's address has discovery only (Talos source, internal/pkg/etcd/endpoints.go).
 */
export function demandWayToMembers(config: ClusterConfig, joining: readonly PlannedServer[]): void {
  const endpointIp = endpointAddress(config);
  const holder = joining.find(({ privateIp }) => privateIp === endpointIp);
  if (!holder || !discoveryIsOff(config)) return;
  throw new PreconditionError(
    `${holder.name} could not find etcd's members: it holds ${endpointIp}, the address of the cluster's endpoint, and a patch of cluster.yaml turns Talos' discovery off\nNothing was changed.`,
    `Take cluster.discovery out of the patches, turn it on on the control planes that run, with\n${tool`talosctl patch machineconfig --patch ${discoveryOn}`}, and run ${oxide`create`} again.`,
  );
}
