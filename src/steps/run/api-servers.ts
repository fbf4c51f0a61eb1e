import { atApiServer } from '../../tools/api-server.js';
import type { RunTool } from '../../tools/exec.js';
import type { NodeServer } from './node-server.js';

/** Where a control plane's own Kubernetes API listens. Its certificate holds this address. */
export function apiServerOf({ publicIpv4 }: Pick<NodeServer, 'publicIpv4'>): string {
  return `https://${publicIpv4}:6443`;
}

/**
 * At which control plane's address a run speaks to Kubernetes. The kubeconfig leads users there by
 * a name or by the first control plane; oxide itself needs neither of them.
 */
export class ApiServers {
  #servers: readonly string[] = [];
  #at = 0;
  #published: string | undefined;

  /** The public address of a load balancer before all control planes; undefined: there is none. */
  get published(): string | undefined {
    return this.#published;
  }

  /** Where users are led to by the kubeconfig and the talosconfig; the run itself needs it not. */
  publish(address: string | undefined): void {
    this.#published = address;
  }

  /** The address that is used now; undefined: the kubeconfig's own. */
  get server(): string | undefined {
    return this.#servers[this.#at];
  }

  /** Those that may be used, in the order of preference. */
  use(controlPlanes: readonly Pick<NodeServer, 'publicIpv4'>[]): void {
    this.#servers = controlPlanes.map(apiServerOf);
    this.#at = 0;
  }

  /** The one in use did not answer: the next one takes its place. */
  next(): void {
    if (this.#servers.length > 0) this.#at = (this.#at + 1) % this.#servers.length;
  }
}

/** Sends every call of kubectl and helm to the address that the run uses. */
export function sentTo(servers: ApiServers, run: RunTool): RunTool {
  return (invocation) => {
    const { server } = servers;
    return run(server === undefined ? invocation : atApiServer(invocation, server));
  };
}
