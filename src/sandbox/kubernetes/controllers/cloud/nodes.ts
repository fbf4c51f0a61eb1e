import { deleteObject } from '../../deletes.js';
import { tell } from '../../events.js';
import { askAll } from '../../hetzner-client.js';
import { listOr, objectOr, omit, stringOr, valueAt, type JsonObject } from '../../json.js';
import { isTrue } from '../../objects.js';
import { builtinType } from '../../resources.js';
import type { KubeState } from '../../state.js';
import type { KubeNode } from '../../workloads.js';
import { isTrueText, type CloudSettings } from './settings.js';

const uninitialized = 'node.cloudprovider.kubernetes.io/uninitialized';
const shutdown = 'node.cloudprovider.kubernetes.io/shutdown';
const providedIp = 'alpha.kubernetes.io/provided-node-ip';
const lookTimer = 'cloud-controller/nodes';
/** The server cache of the controller is as old as this at most (ServerCacheDefaultMaxAge). */
const lookMs = 10_000;

/** The data centres that zones are named after (internal/legacydatacenter). */
const zones: Readonly<Record<string, string>> = {
  ...{ fsn1: 'fsn1-dc14', nbg1: 'nbg1-dc3', hel1: 'hel1-dc2' },
  ...{ ash: 'ash-dc1', hil: 'hil-dc1', sin: 'sin-dc1' },
};

/**
 * Introduces new nodes to Kubernetes, and takes those away whose server is gone
 * (k8s.io/cloud-provider, controllers/node and controllers/nodelifecycle).
 */
export function reconcileCloudNodes(state: KubeState, settings: CloudSettings): void {
  const nodes = state.store.list('nodes');
  const strangers = nodes.filter((node) => isNew(node));
  const silent = nodes.filter(({ status }) => !isTrue(status.conditions, 'Ready'));
  for (const node of nodes) if (!silent.includes(node)) takeOff(state, node, shutdown);
  const isDue = state.timers.fires(lookTimer, state.now);
  const unseen = strangers.some(({ metadata }) => !state.memory.has(seenKey(metadata.uid)));
  if ((strangers.length > 0 || silent.length > 0) && (isDue || unseen)) {
    const servers = askAll(state, settings.token, { path: '/servers', key: 'servers' });
    for (const node of strangers) initialize(state, { node, servers, settings });
    for (const { metadata } of silent) {
      const current = state.store.get('nodes', metadata.name);
      if (current) look(state, current, servers);
    }
  }
  const left = state.store
    .list('nodes')
    .some((node) => isNew(node) || !isTrue(node.status.conditions, 'Ready'));
  if (left) state.timers.start(lookTimer, state.now + lookMs);
  else state.timers.cancel(lookTimer);
}

const seenKey = (uid: string): string => `cloud-controller/seen/${uid}`;

function isNew({ spec }: KubeNode): boolean {
  return spec.taints?.some(({ key }) => key === uninitialized) ?? false;
}

function serverOf(node: KubeNode, servers: readonly JsonObject[]): JsonObject | undefined {
  const id = /^hcloud:\/\/(\d+)$/.exec(node.spec.providerID ?? '')?.[1];
  return id === undefined
    ? servers.find((server) => server['name'] === node.metadata.name)
    : servers.find((server) => server['id'] === Number(id));
}

interface Introduction {
  readonly node: KubeNode;
  readonly servers: readonly JsonObject[];
  readonly settings: CloudSettings;
}

function initialize(state: KubeState, { node, servers, settings }: Introduction): void {
  state.memory.set(seenKey(node.metadata.uid), '');
  const server = serverOf(node, servers);
  const addresses = server && addressesOf(node, server, settings);
  // Without a server, or one that has not the address that the kubelet was told, it is tried again.
  if (!server || !addresses) return;
  state.memory.delete(seenKey(node.metadata.uid));
  const type = stringOr(objectOr(server['server_type'])['name']);
  const region = stringOr(objectOr(server['location'])['name']);
  const zone = isTrueText(settings.env['HCLOUD_INSTANCES_ZONE_LABEL_ENABLED'], true)
    ? zones[region]
    : undefined;
  const labels = {
    ...node.metadata.labels,
    'beta.kubernetes.io/instance-type': type,
    'node.kubernetes.io/instance-type': type,
    'failure-domain.beta.kubernetes.io/region': region,
    'topology.kubernetes.io/region': region,
    ...(zone === undefined
      ? {}
      : { 'failure-domain.beta.kubernetes.io/zone': zone, 'topology.kubernetes.io/zone': zone }),
    'instance.hetzner.cloud/provided-by': 'cloud',
  };
  const initialized = state.store.put('nodes', {
    ...node,
    metadata: { ...node.metadata, labels },
    spec: { ...node.spec, providerID: `hcloud://${String(server['id'])}` },
    status: { ...node.status, addresses },
  });
  takeOff(state, initialized, uninitialized);
  const note = { reason: 'Synced', message: 'Node synced successfully' };
  tell(state, initialized, { by: 'cloud-node-controller', ...note });
}

/** What the kubelet was told to use comes first, then what is of another type. */
function addressesOf(
  node: KubeNode,
  server: JsonObject,
  settings: CloudSettings,
): KubeNode['status']['addresses'] | undefined {
  const publicIp = stringOr(valueAt(server, ['public_net', 'ipv4', 'ip']));
  const nets = settings.network === '' ? [] : listOr(server['private_net']).map(objectOr);
  const found = [
    { type: 'Hostname', address: stringOr(server['name']) },
    ...(publicIp === '' ? [] : [{ type: 'ExternalIP', address: publicIp }]),
    ...nets.map((net) => ({ type: 'InternalIP', address: stringOr(net['ip']) })),
  ];
  const wanted = node.metadata.annotations?.[providedIp];
  if (wanted === undefined) return found;
  const first = found.find(({ address }) => address === wanted);
  return first && [first, ...found.filter(({ type }) => type !== first.type)];
}

/** What has become of a node that does not report. */
function look(state: KubeState, node: KubeNode, servers: readonly JsonObject[]): void {
  const { name } = node.metadata;
  const server = serverOf(node, servers);
  const by = 'cloud-node-lifecycle-controller';
  if (!server) {
    const message = `Deleting node ${name} because it does not exist in the cloud provider`;
    tell(state, node, { by, reason: 'DeletingNode', message });
    deleteObject(state, { type: builtinType('nodes'), object: node });
  } else if (server['status'] === 'off') {
    const taints = node.spec.taints ?? [];
    if (taints.some(({ key }) => key === shutdown)) return;
    const taint = { key: shutdown, effect: 'NoSchedule' };
    state.store.put('nodes', { ...node, spec: { ...node.spec, taints: [...taints, taint] } });
  }
}

function takeOff(state: KubeState, node: KubeNode, taint: string): void {
  const taints = (node.spec.taints ?? []).filter(({ key }) => key !== taint);
  if (taints.length === (node.spec.taints ?? []).length) return;
  const spec = omit(node.spec, ['taints']);
  state.store.put('nodes', {
    ...node,
    spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) },
  });
}
