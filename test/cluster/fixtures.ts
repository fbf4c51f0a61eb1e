import type {
  Catalogue,
  ImageInfo,
  Price,
  ServerTypeInfo,
  ServerTypeOffer,
} from '../../src/cluster/catalogue/catalogue.js';
import {
  neededDefinitions,
  type GatewayDefinition,
} from '../../src/cluster/kubernetes/gateway-api.js';
import { serverLabels } from '../../src/cluster/state/labels.js';
import { nodeName } from '../../src/cluster/state/names.js';
import { wantedCiliumValues } from '../../src/addons/cilium.js';
import type { InstalledCharts } from '../../src/cluster/kubernetes/installed.js';
import { gatewayApiVersion } from '../../src/cluster/talos/versions.js';
import type { ClusterState, Role, ServerState } from '../../src/cluster/state/cluster-state.js';
import type { ClusterNode } from '../../src/cluster/state/nodes.js';
import { parseConfig } from '../../src/config/load.js';
import type { ClusterConfig } from '../../src/config/schema.js';
import { plain } from '../helpers/cluster-yaml.js';

/** A configuration of the cluster `demo` in nbg1, from the rest of its YAML; plain unless that says otherwise. */
export function configOf(yaml: string): ClusterConfig {
  const head = yaml.includes('hcloud:') ? '' : 'hcloud: { location: nbg1 }\n';
  return parseConfig(`cluster_name: demo\n${head}${plain(yaml)}`, { file: 'cluster.yaml' });
}

/** `controlPlanes` cx23 and `workers` cx33. */
export function clusterOf(controlPlanes: number, workers: number, more = ''): ClusterConfig {
  return configOf(`control_planes: [{ name: cp, server_type: cx23, count: ${controlPlanes} }]
workers: [{ name: web, server_type: cx33, count: ${workers} }]
${more}`);
}

function price(monthly: number): Price {
  return {
    hourlyNet: monthly / 700,
    hourlyGross: monthly / 700,
    monthlyNet: monthly,
    monthlyGross: Math.round(monthly * 119) / 100,
  };
}

function offer(location: string, more: Partial<ServerTypeOffer> = {}): ServerTypeOffer {
  return { location, available: true, unavailableAfter: undefined, price: price(10), ...more };
}

function serverType(
  name: string,
  size: readonly [cores: number, memory: number, disk: number],
  more: Partial<ServerTypeInfo> = {},
): ServerTypeInfo {
  const [cores, memory, disk] = size;
  return { name, architecture: 'x86', cores, memory, disk, offers: [offer('nbg1')], ...more };
}

export const x86Image: ImageInfo = {
  id: 501,
  type: 'snapshot',
  status: 'available',
  description: 'Talos',
  architecture: 'x86',
  diskSize: 40,
  created: '2026-10-01T00:00:00Z',
  labels: { os: 'talos', talos_version: 'v1.13.9' },
};

export function catalogueOf(more: Partial<Catalogue> = {}): Catalogue {
  return {
    serverTypes: [
      serverType('cx23', [2, 4, 40], {
        offers: [offer('nbg1', { price: price(5.49) }), offer('hel1')],
      }),
      serverType('cx33', [4, 8, 80], {
        offers: [offer('nbg1', { price: price(8.49) }), offer('hel1')],
      }),
      serverType('cpx21', [3, 4, 80], {
        offers: [
          offer('nbg1', { available: false, unavailableAfter: '2025-12-31T23:59:59Z' }),
          offer('ash'),
        ],
      }),
      serverType('cpx22', [2, 4, 80], { offers: [offer('nbg1', { price: price(19.49) })] }),
      serverType('cax11', [2, 4, 40], {
        architecture: 'arm',
        offers: [offer('nbg1', { available: false }), offer('hel1')],
      }),
    ],
    locations: [
      { name: 'nbg1', city: 'Nuremberg', networkZone: 'eu-central' },
      { name: 'hel1', city: 'Helsinki', networkZone: 'eu-central' },
      { name: 'ash', city: 'Ashburn', networkZone: 'us-east' },
    ],
    images: [x86Image],
    currency: 'EUR',
    primaryIpv4: price(0.5),
    ...more,
  };
}

export const nothing: ClusterState = {
  network: undefined,
  firewall: undefined,
  sshKey: undefined,
  servers: [],
  placementGroups: [],
  otherGroups: [],
  unreadable: [],
  foreign: [],
};

/** What oxide installs for this configuration. */
export function installedFor(config: ClusterConfig): InstalledCharts {
  const { version } = config.cilium;
  return {
    cilium: { version, values: wantedCiliumValues(config).values },
    gatewayApi: gatewayApiVersion(version),
    definitions: gatewayDefinitions(gatewayApiVersion(version)),
    addons: [],
    manifests: [],
    metadataBlocked: true,
  };
}

let lastId = 1000;

export function existingServer(
  role: Role,
  pool: string,
  index: number,
  more: Partial<ServerState> = {},
): ServerState {
  const labels = serverLabels({
    cluster: 'demo',
    role,
    pool,
    index,
    talosVersion: 'v1.13.9',
    configHash: '0123456789ab',
    poolLabels: {},
  });
  return {
    id: ++lastId,
    name: nodeName('demo', pool, index),
    role,
    pool,
    index,
    type: role === 'worker' ? 'cx33' : 'cx23',
    location: 'nbg1',
    status: 'running',
    publicIpv4: '203.0.113.1',
    // Its own, as in a real network: nodes are told apart by it.
    privateIp: `10.0.1.${(lastId % 200) + 1}`,
    placementGroup: role === 'worker' ? `demo-${pool}-1` : 'demo',
    firewallIds: [2],
    networkIds: [1],
    deleteProtected: false,
    labels,
    ...more,
  };
}

/** The node that this server is, Ready unless said otherwise. */
export function nodeFor(server: ServerState, more: Partial<ClusterNode> = {}): ClusterNode {
  const { name, role, privateIp: internalIp } = server;
  return {
    ...{ name, role, internalIp, providerId: undefined },
    ...{ ready: true, reason: '', unschedulable: false },
    ...more,
  };
}

/** The definitions of the Gateway API in a cluster, of the release for Cilium 1.19 unless given. */
export function gatewayDefinitions(
  bundle = 'v1.4.1',
  channel = 'standard',
): readonly GatewayDefinition[] {
  return neededDefinitions.map((name) => ({ name, bundle, channel }));
}
