import { toYaml } from '../../lib/yaml-text.js';
import type { ClusterConfig, PoolConfig } from '../../config/schema.js';
import { machineNeeds } from '../../addons/wanted.js';
import type { Role } from '../state/cluster-state.js';
import { endpointAddress, isBalanced } from '../network/api-endpoint.js';
import type { RolePool } from '../state/node-pools.js';
import { schematicInstaller } from '../catalogue/schematic.js';
import { takesWorkloads } from './node-settings.js';

/** The label by which Talos keeps control planes out of load balancers. */
const excludeFromLoadBalancers = 'node.kubernetes.io/exclude-from-external-load-balancers';

/**
 * Where nodes reach the Kubernetes API: a private address that is known before any server exists, so
 * that no node ever boots with a placeholder.
 */
export function clusterEndpoint(config: ClusterConfig): string {
  return `https://${endpointAddress(config)}:6443`;
}

/** A strategic-merge patch as YAML text. */
export interface MachineConfigPatch {
  readonly text: string;
  /** Where in cluster.yaml it comes from; undefined for oxide's own. */
  readonly origin?: string;
}

/**
 * The strategic-merge patches of a pool's machine configuration as YAML texts, in the order in
 * which they apply: oxide's own, then the user's for all nodes, then the user's for the role. They
 * are written for the layout of Talos 1.13 and earlier (`configContract`).
 *
 * All of them go to talosctl as patches of the one role: as common ones they would also be applied
 * to the other role's configuration, where a `$patch: delete` that finds nothing is an error.
 * `balancerIps` are the public addresses of the load balancer, once it has them.
 */
export function machineConfigPatches(
  config: ClusterConfig,
  rolePool: RolePool,
  balancerIps: readonly string[] = [],
): readonly MachineConfigPatch[] {
  const { config_patches, control_plane_patches, worker_patches } = config.talos;
  const sans = certificateNames(config, balancerIps);
  const [own, ofUser] =
    rolePool.role === 'control-plane'
      ? [controlPlanePatch(config, rolePool.pool, sans), control_plane_patches]
      : [workerPatch(rolePool.pool), worker_patches];
  const patches = [commonPatch(config, sans), own, ...addonPatches(config, rolePool.role)].filter(
    (patch) => Object.keys(patch).length > 0,
  );
  return [...patches.map((patch) => ({ text: toYaml(patch) })), ...config_patches, ...ofUser];
}

/** What addons need of the nodes that they work on. */
function addonPatches(config: ClusterConfig, role: Role): readonly object[] {
  return machineNeeds(config).flatMap(({ needs: { allNodes, controlPlanes } }) =>
    role === 'control-plane' && controlPlanes ? [allNodes, controlPlanes] : [allNodes],
  );
}

function commonPatch(config: ClusterConfig, sans: readonly string[]): object {
  const name = schematicInstaller(config.talos);
  // The node's image has the extensions already; an upgrade takes them from here.
  const installer = name && `${name}:${config.talos.version}`;
  return {
    machine: {
      ...(sans.length > 0 && { certSANs: sans }),
      install: { disk: '/dev/sda', ...(installer && { image: installer }) },
      // Node traffic must stay on the private network: the firewall closes the public addresses.
      kubelet: { nodeIP: { validSubnets: [config.hcloud.network.subnet_cidr] } },
    },
    cluster: {
      network: {
        cni: { name: 'none' },
        podSubnets: [config.talos.pod_cidr],
        serviceSubnets: [config.talos.service_cidr],
      },
    },
  };
}

function controlPlanePatch(
  config: ClusterConfig,
  pool: PoolConfig,
  sans: readonly string[],
): object {
  const schedulable = takesWorkloads(config);
  const nodeLabels = {
    ...pool.labels,
    // Without workers the control planes are the only nodes that services can be reached at.
    ...(schedulable && { [excludeFromLoadBalancers]: { $patch: 'delete' } }),
  };
  return {
    ...machine({ nodeLabels, nodeTaints: taintMap(pool) }),
    cluster: {
      ...(schedulable && { allowSchedulingOnControlPlanes: true }),
      ...(sans.length > 0 && { apiServer: { certSANs: sans } }),
      proxy: { disabled: true },
      etcd: { advertisedSubnets: [config.hcloud.network.subnet_cidr] },
    },
  };
}

/**
 * Talos applies `machine.nodeTaints` with the node's own rights, which on workers the
 * NodeRestriction plugin refuses; a kubelet may set taints only when it registers.
 */
function workerPatch(pool: PoolConfig): object {
  const registerWithTaints = pool.taints.map(({ key, value, effect }) => ({
    key,
    ...(value !== '' && { value }),
    effect,
  }));
  return machine({
    nodeLabels: pool.labels,
    kubelet: registerWithTaints.length > 0 ? { extraConfig: { registerWithTaints } } : {},
  });
}

/** Talos's notation: `key: value:Effect` (Talos source, node_taint_spec.go). */
function taintMap(pool: PoolConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pool.taints.map(({ key, value, effect }) => [
      key,
      value === '' ? effect : `${value}:${effect}`,
    ]),
  );
}

/** The `machine` part of a patch, without empty sections. */
function machine(sections: Readonly<Record<string, object>>): object {
  const filled = Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0);
  return filled.length > 0 ? { machine: Object.fromEntries(filled) } : {};
}

/**
 * Names besides the nodes' own addresses, which Talos puts into the certificates by itself. Those of
 * a load balancer also while its public interface is off: it keeps them, and may be opened later.
 */
export function certificateNames(
  config: ClusterConfig,
  balancerIps: readonly string[],
): readonly string[] {
  const endpoint = config.talos.cluster_endpoint;
  return [
    ...(endpoint === undefined ? [] : [new URL(endpoint).hostname.replace(/^\[|\]$/g, '')]),
    ...(isBalanced(config) ? [endpointAddress(config), ...balancerIps] : []),
  ];
}
