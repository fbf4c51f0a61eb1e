import type { ServiceInfo } from '../protocol.js';
import { configured, type CallContext, type HandlersOf } from './context.js';

/** Calls about the node itself. */
export const nodeHandlers: HandlersOf<'Dmesg' | 'Services' | 'Version'> = {
  Dmesg: ({ node }) => ({
    lines: [
      `[talos] Talos ${node.machine.image?.talosVersion ?? ''} on ${node.machine.name}`,
      '[talos] task loadConfig (1/1): done',
      '[talos] service[machined](Running): Health check successful',
    ],
  }),
  Services: (context) => ({ services: servicesOf(context) }),
  Version: ({ node }) => ({
    tag: node.machine.image?.talosVersion ?? '',
    architecture: node.machine.image?.architecture === 'arm' ? 'arm64' : 'amd64',
  }),
};

function servicesOf(context: CallContext): ServiceInfo[] {
  const { settings, state } = configured(context);
  const isControlPlane = settings.role === 'control-plane';
  const age = Math.max(0, Math.round((context.now - (state.upAt ?? context.now)) / 1_000));
  const running = (id: string): ServiceInfo => ({
    id,
    state: 'Running',
    health: 'OK',
    age,
    lastEvent: 'Health check successful',
  });
  const services = [
    'apid',
    'auditd',
    'containerd',
    'cri',
    'kubelet',
    'machined',
    'syslogd',
    'udevd',
  ].map(running);
  if (!isControlPlane) return services;
  return [...services, running('trustd'), etcdService(context, age)].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
}

function etcdService({ node, world, now }: CallContext, age: number): ServiceInfo {
  const { etcd } = node.state;
  const cluster = etcd && world.cluster(etcd.cluster);
  if (!cluster) {
    return {
      id: 'etcd',
      state: 'Preparing',
      health: '?',
      age,
      lastEvent: 'Running pre state',
    };
  }
  const isHealthy = cluster.etcd.hasQuorum(now);
  return {
    id: 'etcd',
    state: 'Running',
    health: isHealthy ? 'OK' : 'Fail',
    age,
    lastEvent: isHealthy
      ? 'Health check successful'
      : 'Health check failed: context deadline exceeded',
  };
}
