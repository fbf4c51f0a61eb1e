import { addressesOf } from '../api-server.js';
import { phaseOf } from '../node-state.js';
import { GrpcError, type Resource, type ResourceList } from '../protocol.js';
import type { ConfiguredNode } from '../talos-node.js';
import type { CallContext } from './context.js';
import { demandAdmin } from './roles.js';

interface ResourceKind {
  /** All names under which `talosctl get` finds it. */
  readonly names: readonly string[];
  readonly columns: ResourceList['columns'];
  readonly inMaintenance?: boolean;
  /** Only an administrator may see it (`Sensitivity` of its definition). */
  readonly isSensitive?: boolean;
  items(context: CallContext): Resource[];
}

const kinds: readonly ResourceKind[] = [
  {
    names: ['members', 'member', 'members.cluster.talos.dev'],
    columns: [
      ['HOSTNAME', 'hostname'],
      ['MACHINE TYPE', 'machineType'],
      ['OS', 'operatingSystem'],
      ['ADDRESSES', 'addresses'],
    ],
    items: (context) => peersOf(context).map(memberResource),
  },
  {
    names: ['machinestatus', 'machinestatuses', 'machinestatuses.runtime.talos.dev'],
    columns: [
      ['STAGE', 'stage'],
      ['READY', 'status.ready'],
    ],
    inMaintenance: true,
    items: ({ node }) => [
      resource('runtime', 'MachineStatuses.runtime.talos.dev', 'machine', {
        stage: phaseOf(node.state) === 'maintenance' ? 'maintenance' : 'running',
        status: { ready: true, unmetConditions: [] },
      }),
    ],
  },
  {
    names: ['etcdmembers', 'etcdmember', 'members.etcd.talos.dev'],
    columns: [['MEMBER ID', 'memberID']],
    items: ({ node }) =>
      node.state.etcd
        ? [
            resource('etcd', 'EtcdMembers.etcd.talos.dev', 'local', {
              memberID: node.state.etcd.member,
            }),
          ]
        : [],
  },
  {
    names: ['version', 'versions', 'versions.runtime.talos.dev'],
    columns: [['VERSION', 'version']],
    inMaintenance: true,
    items: ({ node }) => [
      resource('runtime', 'Versions.runtime.talos.dev', 'version', {
        version: node.machine.image?.talosVersion ?? '',
      }),
    ],
  },
  {
    names: ['nodename', 'nodenames', 'nodenames.kubernetes.talos.dev'],
    columns: [['NODENAME', 'nodename']],
    items: ({ node }) => [
      resource('k8s', 'Nodenames.kubernetes.talos.dev', 'nodename', {
        nodename: (node.settings?.hostname ?? node.state.name).toLowerCase(),
        hostnameVersion: '1',
        skipNodeRegistration: false,
      }),
    ],
  },
  {
    names: ['machineconfig', 'machineconfigs', 'mc', 'machineconfigs.config.talos.dev'],
    columns: [],
    isSensitive: true,
    // The configuration as one text, whatever documents it has (Talos source, machine_config.go).
    items: ({ node }) =>
      ['v1alpha1', 'persistent'].map((id) =>
        resource('config', 'MachineConfigs.config.talos.dev', id, node.state.config ?? ''),
      ),
  },
  {
    names: ['machinetype', 'machinetypes', 'machinetypes.config.talos.dev'],
    columns: [['TYPE', 'type']],
    items: ({ node }) => [
      resource('config', 'MachineTypes.config.talos.dev', 'machine-type', {
        type: node.settings?.role === 'control-plane' ? 'controlplane' : 'worker',
      }),
    ],
  },
];

/** What `talosctl get` finds on the node. */
export function listResources(
  context: CallContext,
  type: string,
  id: string | undefined,
): ResourceList {
  const kind = kinds.find(({ names }) => names.includes(type.toLowerCase()));
  if (!kind) throw new GrpcError('NotFound', `resource "${type}" is not registered`);
  if (!context.node.settings && kind.inMaintenance !== true) {
    throw new GrpcError('PermissionDenied', 'not authorized');
  }
  if (kind.isSensitive === true) demandAdmin(context.roles);
  const items = kind.items(context);
  const found = id === undefined ? items : items.filter((item) => item.id === id);
  if (id !== undefined && found.length === 0) {
    const name = items[0]?.type ?? kind.names[0] ?? type;
    throw new GrpcError('NotFound', `resource ${name}(${id}) doesn't exist`);
  }
  return { items: found, columns: kind.columns };
}

function peersOf({ world, node }: CallContext): ConfiguredNode[] {
  return world
    .runningNodes()
    .filter(({ settings }) => settings.clusterKey === node.settings?.clusterKey);
}

function memberResource({ machine, settings, state }: ConfiguredNode): Resource {
  const hostname = settings.hostname ?? state.name;
  return resource('cluster', 'Members.cluster.talos.dev', hostname, {
    nodeId: state.bootId.slice(0, 32),
    addresses: addressesOf(machine),
    hostname,
    machineType: settings.role === 'control-plane' ? 'controlplane' : 'worker',
    operatingSystem: `Talos (${machine.image?.talosVersion ?? ''})`,
    ...(settings.role === 'control-plane' ? { controlPlane: { port: 6443 } } : {}),
  });
}

function resource(namespace: string, type: string, id: string, spec: Resource['spec']): Resource {
  return { namespace, type, id, spec };
}
