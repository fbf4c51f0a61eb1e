import type { ClusterConfig } from '../../../config/schema.js';
import { oxide } from '../../../lib/commands.js';
import {
  apiEndpoint,
  endpointAddress,
  hasBalancer,
  isBalanced,
} from '../../network/api-endpoint.js';
import { serviceText, wantedServices } from '../../network/balancer-services.js';
import type { ClusterState, ServerState } from '../../state/cluster-state.js';
import { removalStage } from '../../state/labels.js';
import type { LoadBalancerState } from '../../state/load-balancer.js';
import type { Difference } from '../difference.js';
import { effectOf, type ConfigKey } from './key-effects.js';

/** Where the endpoint is another one, and what of the load balancer is not as it should be. */
export function balancerDifferences(
  config: ClusterConfig,
  state: ClusterState,
): readonly Difference[] {
  const { balancer } = state;
  return [
    ...endpointDifferences(config, state),
    ...(balancer && isBalanced(config) ? ownDifferences(config, state, balancer) : []),
  ];
}

/** True for what is changed at the load balancer itself. */
export function isAboutBalancer({ key }: Difference): boolean {
  return key.startsWith('api.load_balancer');
}

/** A name leads users to the cluster; its nodes have the first control plane all the same. */
function endpointDifferences(config: ClusterConfig, state: ClusterState): readonly Difference[] {
  const { servers, balancer } = state;
  const wanted = isBalanced(config);
  const isNew = servers.length === 0;
  if (isNew && (wanted || !balancer)) return [];
  if (hasBalancer(config, state) === wanted) return [];
  return [
    {
      ...{ key: 'api.endpoint', servers: [], ...effectOf('api.endpoint') },
      found: wanted ? 'first' : 'load_balancer',
      wanted: apiEndpoint(config),
      ...(isNew ? { way: `nothing runs there yet: ${oxide`destroy`} takes it away` } : {}),
    },
  ];
}

function ownDifferences(
  config: ClusterConfig,
  state: ClusterState,
  balancer: LoadBalancerState,
): readonly Difference[] {
  const { type, public: isPublic, location = config.hcloud.location } = config.api.load_balancer;
  const sides = (key: ConfigKey, found: string | null, wanted: string | null) =>
    found === wanted ? [] : [{ key, servers: [], found, wanted, ...effectOf(key) }];
  const address = balancer.privateIp ?? endpointAddress(config);
  return [
    ...sides('api.load_balancer.type', balancer.type, type),
    ...sides('api.load_balancer.location', balancer.location, location),
    ...sides('api.load_balancer.public', String(balancer.isPublic), String(isPublic)),
    ...addressDifferences(address, endpointAddress(config)),
    ...serviceDifferences(balancer),
    ...targetDifferences(state, balancer),
  ];
}

const setRight = { ...effectOf('api.load_balancer.public'), servers: [] } as const;

function addressDifferences(found: string, wanted: string): readonly Difference[] {
  if (found === wanted) return [];
  return [
    {
      ...{ key: 'api.load_balancer.address', servers: [], found, wanted },
      ...{ effect: 'impossible', by: 'never' },
      way: 'all nodes know the Kubernetes API at that address: detach the load balancer from the network by hand, and create attaches it as it should be',
    },
  ];
}

function serviceDifferences({ services }: LoadBalancerState): readonly Difference[] {
  const key = 'api.load_balancer.services';
  const found = services.map(serviceText);
  const wanted = wantedServices.map(serviceText);
  return [
    ...wanted
      .filter((text) => !found.includes(text))
      .map((text): Difference => ({ ...setRight, key, found: null, wanted: text })),
    ...found
      .filter((text) => !wanted.includes(text))
      .map((text): Difference => ({ ...setRight, key, found: text, wanted: null })),
  ];
}

/** One that is going is none any more, and one that is not attached yet is none already. */
function targetDifferences(
  { servers }: ClusterState,
  { targets }: LoadBalancerState,
): readonly Difference[] {
  const key = 'api.load_balancer.targets';
  const wanted = targetsAmong(servers);
  const missing = wanted.filter(
    ({ id }) => !targets.some(({ serverId, isPrivate }) => serverId === id && isPrivate),
  );
  const controlPlanes = servers.filter(({ role }) => role === 'control-plane');
  const foreign = targets.filter(
    ({ serverId, isPrivate }) => !isPrivate || !controlPlanes.some(({ id }) => id === serverId),
  );
  return [
    ...missing.map(({ name }): Difference => ({ ...setRight, key, found: null, wanted: name })),
    ...foreign.map(({ serverId, other }): Difference => {
      const found =
        serverId !== undefined
          ? `server ${serverId}`
          : other === undefined
            ? 'something else than a server'
            : 'ip' in other
              ? other.ip
              : `servers with ${other.selector}`;
      return { ...setRight, key, found, wanted: null };
    }),
  ];
}

/** The control planes that a load balancer leads to. */
function targetsAmong(servers: readonly ServerState[]): readonly ServerState[] {
  return servers.filter(
    ({ role, status, privateIp, labels }) =>
      role === 'control-plane' &&
      status === 'running' &&
      privateIp !== undefined &&
      removalStage(labels) === undefined,
  );
}
