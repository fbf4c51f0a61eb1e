import type { RuleProblem } from './rule-problem.js';
import type { z } from 'zod';
import {
  controlPlaneCount,
  locationChoice,
  nodeNames,
  typeChoice,
  uniquePools,
  uniqueTaints,
  workerLabels,
} from './pool-rules.js';
import { addonRules } from './addon-rules.js';
import { apiEndpointRule } from './api-rules.js';
import { firewallSize, networkMembers } from './limit-rules.js';
import {
  networkRange,
  noOverlaps,
  podRange,
  serviceRange,
  subnetCapacity,
  subnetInside,
} from './range-rules.js';
import type { ClusterConfig } from './schema.js';
import {
  ciliumOnTalos,
  ciliumVersion,
  ipv6,
  oneSchematic,
  talosVersions,
} from './version-rules.js';

/** A rule over several keys. It is left out when one of the keys that it needs is wrong by itself. */
interface Rule {
  /** Keys that must be right first; `*` stands for every entry of a list. */
  readonly needs: readonly string[];
  check(config: ClusterConfig): readonly RuleProblem[];
}

const rules: readonly Rule[] = [
  { needs: ['control_planes.*.count'], check: controlPlaneCount },
  { needs: ['control_planes.*.name', 'workers.*.name'], check: uniquePools },
  {
    needs: ['cluster_name', 'control_planes.*.name', 'workers.*.name', '*.*.count'],
    check: nodeNames,
  },
  { needs: inPools('server_type', 'server_types'), check: typeChoice },
  { needs: inPools('location', 'locations'), check: locationChoice },
  { needs: ['hcloud.network.cidr'], check: networkRange },
  { needs: ['hcloud.firewall'], check: firewallSize },
  { needs: ['control_planes.*.count', 'workers.*.count'], check: networkMembers },
  { needs: ['hcloud.network.cidr', 'hcloud.network.subnet_cidr'], check: subnetInside },
  { needs: ['hcloud.network.cidr', 'talos.pod_cidr', 'talos.service_cidr'], check: noOverlaps },
  { needs: ['talos.service_cidr'], check: serviceRange },
  { needs: ['talos.pod_cidr', 'control_planes.*.count', 'workers.*.count'], check: podRange },
  {
    needs: ['hcloud.network.*', 'api', 'control_planes.*.count', 'workers.*.count'],
    check: subnetCapacity,
  },
  { needs: ['api.endpoint', 'talos.cluster_endpoint'], check: apiEndpointRule },
  { needs: ['talos.version', 'talos.kubernetes_version'], check: talosVersions },
  { needs: ['talos.schematic', 'talos.schematic_id'], check: oneSchematic },
  { needs: ['cilium.version'], check: ciliumVersion },
  { needs: ['talos.version', 'cilium.version'], check: ciliumOnTalos },
  { needs: ['addons'], check: addonRules },
  { needs: ['cilium.enable_ipv6'], check: ipv6 },
  { needs: ['workers.*.labels'], check: workerLabels },
  { needs: ['control_planes.*.taints', 'workers.*.taints'], check: uniqueTaints },
];

/** These keys of every pool. */
function inPools(...keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => [`control_planes.*.${key}`, `workers.*.${key}`]);
}

/** Adds the problems that only several keys together have, to those that zod found before. */
export function addCrossFieldProblems(config: ClusterConfig, context: z.core.$RefinementCtx): void {
  const wrong = context.issues
    .filter((issue) => issue.code !== 'unrecognized_keys')
    .map((issue) => (issue.path ?? []).map(String));
  for (const rule of rules) {
    const blocked = rule.needs.some((need) => wrong.some((path) => touches(need.split('.'), path)));
    if (blocked) continue;
    for (const { path, reason } of rule.check(config)) {
      context.addIssue({ code: 'custom', path: [...path], message: reason });
    }
  }
}

function touches(need: readonly string[], wrong: readonly string[]): boolean {
  const shared = Math.min(need.length, wrong.length);
  return need.slice(0, shared).every((part, i) => part === '*' || part === wrong[i]);
}
