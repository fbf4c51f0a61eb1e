import type { ServerState } from '../state/cluster-state.js';
import type { EtcdMemberView } from '../talos/etcd.js';
import { quorum } from '../talos/quorum.js';
import type { ServerStatus, Survival } from './report.js';

interface SurvivalInput {
  readonly servers: readonly ServerStatus[];
  readonly state: { readonly servers: readonly ServerState[] };
  readonly members?: readonly EtcdMemberView[] | undefined;
  /** Where the kubeconfig leads. */
  readonly endpoint: string | undefined;
}

/** What may fail at a time, by what is healthy now. */
export function survivalOf({ servers, state, members, endpoint }: SurvivalInput): Survival {
  const controlPlanes = servers.filter(({ role }) => role === 'control-plane');
  const voters = members?.filter(({ learner }) => !learner).length ?? controlPlanes.length;
  const healthy = controlPlanes.filter(({ etcd }) => etcd?.healthy).length;
  const onOneHost = worstHost(state.servers);
  const mayFail = healthy === 0 ? null : Math.max(0, healthy - quorum(voters));
  const needed = controlPlanes.find(
    ({ publicIpv4 }) => publicIpv4 !== null && endpoint?.includes(`//${publicIpv4}:`) === true,
  );
  return {
    controlPlanes: mayFail,
    onOneHost,
    anyHost: mayFail === null ? null : mayFail >= onOneHost,
    kubeconfigNeeds: needed?.name ?? null,
  };
}

/** Servers of one spread group are on hosts of their own; any other may be beside any of them. */
function worstHost(servers: readonly ServerState[]): number {
  const groups = servers
    .filter(({ role }) => role === 'control-plane')
    .map(({ placementGroup }) => placementGroup);
  const loose = groups.filter((group) => group === undefined).length;
  return loose + new Set(groups.filter((group) => group !== undefined)).size;
}

/** `any one control plane, any one host; the kubeconfig leads to one` */
export function survivalText(survival: Survival): string {
  const { controlPlanes, onOneHost, anyHost, kubeconfigNeeds } = survival;
  if (controlPlanes === null) return 'not known: etcd could not be asked';
  if (controlPlanes === 0) return 'no failure of a control plane';
  const what =
    controlPlanes === 1 ? 'any one control plane' : `any ${controlPlanes} control planes`;
  const host = anyHost ? ', any one host' : `, but a host may have ${onOneHost} of them`;
  return `${what}${host}${kubeconfigNeeds === null ? '' : '; the kubeconfig leads to one'}`;
}
