import type { ClusterState, ServerState } from '../../cluster/state/cluster-state.js';
import { inTheConsole } from '../../lib/commands.js';
import { OxideError } from '../../lib/errors.js';

/** A node that runs and has both of its addresses. */
export interface NodeServer extends ServerState {
  readonly publicIpv4: string;
  readonly privateIp: string;
}

/** The server with both of its addresses, without which it is no node. */
export function addressed(server: ServerState): NodeServer {
  const { publicIpv4, privateIp } = server;
  if (publicIpv4 === undefined || privateIp === undefined) {
    const missing = publicIpv4 === undefined ? 'public IPv4 address' : 'private address';
    throw new OxideError(`server ${server.name} (id ${server.id}) has no ${missing}`, {
      hint: `Nodes need both. Give it one ${inTheConsole} and run the same command again.`,
    });
  }
  return { ...server, publicIpv4, privateIp };
}

/** The control planes that can be called, in the order of their indices. */
export function controlPlanesOf(state: ClusterState): readonly NodeServer[] {
  return state.servers
    .filter(({ role }) => role === 'control-plane')
    .flatMap((server) => {
      const { publicIpv4, privateIp } = server;
      if (publicIpv4 === undefined || privateIp === undefined) return [];
      return [{ ...server, publicIpv4, privateIp }];
    })
    .sort((a, b) => a.index - b.index);
}

/** Those of them that run, as Hetzner has it. */
export function runningControlPlanes(state: ClusterState): readonly NodeServer[] {
  return controlPlanesOf(state).filter(({ status }) => status === 'running');
}
