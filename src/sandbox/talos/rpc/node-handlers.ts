import { etcdServiceInfo } from '../etcd-service.js';
import type { ServiceInfo } from '../protocol.js';
import { configured, type CallContext, type HandlersOf } from './context.js';
import { listFolder } from './folders.js';

/** Calls about the node itself. */
export const nodeHandlers: HandlersOf<'Dmesg' | 'List' | 'Services' | 'Version'> = {
  Dmesg: ({ node }) => ({
    lines: [
      `[talos] Talos ${node.machine.image?.talosVersion ?? ''} on ${node.machine.name}`,
      '[talos] task loadConfig (1/1): done',
      '[talos] service[machined](Running): Health check successful',
      ...(node.state.etcdService?.events ?? []).map(
        ({ state, message }) => `[talos] service[etcd](${state}): ${message}`,
      ),
    ],
  }),
  List: (context, { path }) => ({ names: listFolder(configured(context), path) }),
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
    healthMessage: '',
    events: [{ state: 'Running', message: 'Health check successful', age }],
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
  const etcd = state.etcdService ? [etcdServiceInfo(state.etcdService, context.now)] : [];
  return [...services, running('trustd'), ...etcd].sort((a, b) => (a.id < b.id ? -1 : 1));
}
