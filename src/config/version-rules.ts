import {
  ciliumProblem,
  kubernetesProblem,
  pairProblem,
  talosProblem,
} from '../cluster/talos/versions.js';
import type { RuleProblem } from './rule-problem.js';
import type { ClusterConfig } from './schema.js';

export function talosVersions({ talos }: ClusterConfig): readonly RuleProblem[] {
  const unsupported = talosProblem(talos.version);
  if (unsupported !== undefined) return [{ path: ['talos', 'version'], reason: unsupported }];
  const pair = kubernetesProblem(talos.kubernetes_version, talos.version);
  return pair === undefined ? [] : [{ path: ['talos', 'kubernetes_version'], reason: pair }];
}

export function ciliumVersion({ cilium }: ClusterConfig): readonly RuleProblem[] {
  const reason = ciliumProblem(cilium.version);
  return reason === undefined ? [] : [{ path: ['cilium', 'version'], reason }];
}

/** Pairs of which nodes lose their network are worth nobody's try. */
export function ciliumOnTalos({ cilium, talos }: ClusterConfig): readonly RuleProblem[] {
  const reason = pairProblem(cilium.version, talos.version);
  return reason === undefined ? [] : [{ path: ['cilium', 'version'], reason }];
}

/** Without an IPv6 pod range, Cilium's agents would wait for one and no node would become Ready. */
export function ipv6({ cilium }: ClusterConfig): readonly RuleProblem[] {
  if (!cilium.enable_ipv6) return [];
  const reason =
    'must be false: pod_cidr and service_cidr are IPv4 ranges, as Hetzner networks are, ' +
    'and Cilium would wait for an IPv6 range that never comes';
  return [{ path: ['cilium', 'enable_ipv6'], reason }];
}

/** Which of the two would hold is nothing to guess. */
export function oneSchematic({ talos }: ClusterConfig): readonly RuleProblem[] {
  const { schematic_id: id, schematic } = talos;
  const isGiven = schematic.extensions.length + schematic.kernel_args.length > 0;
  if (id === undefined || !isGiven) return [];
  const reason = 'is the same as schematic, in one word: only one of them can be given';
  return [{ path: ['talos', 'schematic_id'], reason }];
}
