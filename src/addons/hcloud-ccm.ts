import type { ClusterConfig } from '../config/schema.js';
import type { AddonFacts, ChartAddon, HelmValues } from './addon.js';
import { onControlPlanes, ownTolerations } from './nodes.js';

/** Hetzner's cloud controller: tells Kubernetes which server a node is, and where. */
export const hcloudCcm: ChartAddon = {
  kind: 'chart',
  name: 'hcloud-ccm',
  title: "Hetzner's cloud controller",
  core: true,
  needs: ['cilium'],
  key: 'hcloud_ccm',
  release: 'hcloud-cloud-controller-manager',
  namespace: 'kube-system',
  workloads: ['daemonset/hcloud-cloud-controller-manager'],
  values,
  protectedKeys: [
    'networking.enabled',
    'networking.clusterCIDR',
    'env.HCLOUD_LOAD_BALANCERS_ENABLED',
    'env.HCLOUD_NETWORK_ROUTES_ENABLED',
    'env.KUBERNETES_SERVICE_HOST',
    'env.KUBERNETES_SERVICE_PORT',
  ],
  usesToken: true,
  machine: {
    what: 'external cloud provider',
    allNodes: { cluster: { externalCloudProvider: { enabled: true } } },
    isIn: (parts) => parts.externalCloudProvider,
  },
  about: {
    purpose:
      'Gives each node the id of its server, its public address, and the labels of its type and region; removes nodes whose server is gone.',
    cost: 'nothing; with `addons.load_balancers: hcloud` each Service of the type LoadBalancer is a load balancer that is paid for',
    remarks:
      'It needs a token, and nodes that were made with it: their machine configuration names an external cloud provider.',
    stays:
      'Nodes keep what it gave them. Load balancers of Services stay and are paid for, and nobody answers new Services of that kind: delete such Services first.',
  },
};

function values(config: ClusterConfig, { tokenMark }: AddonFacts): HelmValues {
  const own = ownTolerations(config);
  return {
    // On every control plane, one of them leads: the loss of a server costs seconds.
    kind: 'DaemonSet',
    nodeSelector: onControlPlanes(config).nodeSelector,
    ...(own.length > 0 && { additionalTolerations: own }),
    // In the host's network, so that it runs before any pod network does.
    networking: { enabled: true, clusterCIDR: config.talos.pod_cidr },
    env: Object.fromEntries(
      Object.entries(environment(config)).map(([name, value]) => [name, { value }]),
    ),
    ...(tokenMark !== undefined && { podAnnotations: { 'oxide/hcloud-token': tokenMark } }),
  };
}

function environment(config: ClusterConfig): Readonly<Record<string, string>> {
  const ownsLoadBalancers = config.addons.load_balancers === 'hcloud';
  return {
    // Cilium tunnels: routes in Hetzner's network lead nowhere better, and there is a limit of them.
    HCLOUD_NETWORK_ROUTES_ENABLED: 'false',
    HCLOUD_LOAD_BALANCERS_ENABLED: String(ownsLoadBalancers),
    ...(ownsLoadBalancers && loadBalancers(config)),
    HCLOUD_INSTANCES_ZONE_LABEL_ENABLED: 'false',
    // KubePrism: there before Services are.
    KUBERNETES_SERVICE_HOST: 'localhost',
    KUBERNETES_SERVICE_PORT: '7445',
  };
}

/** What a Service without annotations gets: a load balancer that reaches nodes by private addresses. */
function loadBalancers({ hcloud }: ClusterConfig): Readonly<Record<string, string>> {
  return {
    HCLOUD_LOAD_BALANCERS_LOCATION: hcloud.location,
    HCLOUD_LOAD_BALANCERS_USE_PRIVATE_IP: 'true',
    HCLOUD_LOAD_BALANCERS_DISABLE_PRIVATE_INGRESS: 'true',
    HCLOUD_LOAD_BALANCERS_PRIVATE_SUBNET_IP_RANGE: hcloud.network.subnet_cidr,
  };
}
