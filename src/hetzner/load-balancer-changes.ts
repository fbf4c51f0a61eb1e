import { begunActions, sendChange } from './change.js';
import type { Client } from './client.js';
import { HetznerError } from './errors.js';
import type { HetznerReads } from './reads.js';
import type { LoadBalancer } from './load-balancers.js';
import type { Action } from './resources.js';
import type { Attachment } from './server-changes.js';

type Labels = Readonly<Record<string, string>>;

/** What a load balancer leads to. */
export type BalancerTargetRef =
  | { readonly type: 'server'; readonly server: { readonly id: number } }
  | { readonly type: 'label_selector'; readonly label_selector: { readonly selector: string } }
  | { readonly type: 'ip'; readonly ip: { readonly ip: string } };

/** What listens on a load balancer, in the API's own fields. */
export interface BalancerServiceOrder {
  readonly protocol: 'tcp';
  readonly listen_port: number;
  readonly destination_port: number;
  readonly proxyprotocol: boolean;
  readonly health_check: {
    readonly protocol: 'tcp' | 'http';
    readonly port: number;
    /** Seconds, as the timeout. */
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly http?: {
      readonly domain: string;
      readonly path: string;
      readonly response: string;
      readonly status_codes: readonly string[];
      readonly tls: boolean;
    };
  };
}

export interface LoadBalancerOrder {
  readonly name: string;
  readonly load_balancer_type: string;
  readonly location: string;
  readonly algorithm: { readonly type: 'round_robin' };
  readonly services: readonly BalancerServiceOrder[];
  readonly labels: Labels;
}

/** Changes to load balancers. Each returns the actions to wait for. */
export interface LoadBalancerChanges {
  attachBalancer(id: number, attachment: Attachment): Promise<Action[]>;
  /** Whether the internet reaches it. */
  exposeBalancer(id: number, isPublic: boolean): Promise<Action[]>;
  changeBalancerType(id: number, type: string): Promise<Action[]>;
  /** Sends it to this server's address in the network that both are in. */
  addBalancerTarget(id: number, serverId: number): Promise<Action[]>;
  /** One that is no target any more needs nothing, nor does one whose load balancer is gone. */
  removeBalancerTarget(id: number, target: BalancerTargetRef): Promise<Action[]>;
  addBalancerService(id: number, service: BalancerServiceOrder): Promise<Action[]>;
  updateBalancerService(id: number, service: BalancerServiceOrder): Promise<Action[]>;
  removeBalancerService(id: number, listenPort: number): Promise<Action[]>;
}

interface Sent {
  readonly id: number;
  readonly action: string;
  readonly purpose: string;
  readonly body?: object;
  /** Whether it had its effect, or shows it as soon as it is asked for. */
  readonly isDone: (balancer: LoadBalancer) => boolean;
  /** A load balancer has one of what is changed, so an action with this name is this change. */
  readonly isSingle?: boolean;
  readonly already?: readonly string[];
  readonly alsoRefused?: readonly string[];
}

export function createLoadBalancerChanges(
  client: Client,
  reads: HetznerReads,
): LoadBalancerChanges {
  const send = ({ id, action, isDone, isSingle, purpose, ...change }: Sent): Promise<Action[]> =>
    sendChange(client, {
      ...change,
      path: `/load_balancers/${id}/actions/${action}`,
      purpose: `load balancer ${id}: ${purpose}`,
      verify: async () => {
        const running = await reads.loadBalancerActions(id);
        if (isDone(await reads.loadBalancer(id))) return running;
        // One for another target looks the same: only what it has one of is known by its action.
        const own = running.filter(({ command }) => command === action);
        return own.length > 0 && isSingle ? own : undefined;
      },
    });
  return {
    attachBalancer: (id, attachment) =>
      send({
        ...{ id, action: 'attach_to_network', body: attachment, isSingle: true },
        purpose: `attaching it to network ${attachment.network}`,
        isDone: ({ private_net: nets }) =>
          nets.some(({ network }) => network === attachment.network),
        already: ['load_balancer_already_attached'],
        alsoRefused: ['no_subnet_available'],
      }),
    exposeBalancer: (id, isPublic) =>
      send({
        ...{ id, action: `${isPublic ? 'enable' : 'disable'}_public_interface`, isSingle: true },
        purpose: `${isPublic ? 'opening' : 'closing'} its public interface`,
        isDone: ({ public_net: net }) => net.enabled === isPublic,
      }),
    changeBalancerType: (id, type) =>
      send({
        ...{ id, action: 'change_type', body: { load_balancer_type: type }, isSingle: true },
        purpose: `making it ${type}`,
        isDone: ({ load_balancer_type: is }) => is.name === type,
      }),
    addBalancerTarget: (id, server) =>
      send({
        ...{ id, action: 'add_target' },
        body: { type: 'server', server: { id: server }, use_private_ip: true },
        purpose: `adding server ${server} as a target`,
        isDone: (balancer) => isTarget(balancer, { type: 'server', server: { id: server } }),
        already: ['target_already_defined'],
      }),
    removeBalancerTarget: (id, target) =>
      send({
        ...{ id, action: 'remove_target', body: target },
        purpose: 'taking a target off',
        isDone: (balancer) => !isTarget(balancer, target),
      }).catch(noneIfGone),
    addBalancerService: (id, service) =>
      send({
        ...{ id, action: 'add_service', body: service },
        purpose: `adding the service at ${service.listen_port}`,
        isDone: ({ services }) => listensAt(services, service.listen_port),
        already: ['source_port_already_used'],
      }),
    // The same twice is the same.
    updateBalancerService: (id, service) =>
      client.request(
        {
          method: 'POST',
          path: `/load_balancers/${id}/actions/update_service`,
          purpose: `load balancer ${id}: setting the service at ${service.listen_port}`,
          body: service,
        },
        begunActions,
      ),
    removeBalancerService: (id, port) =>
      send({
        ...{ id, action: 'delete_service', body: { listen_port: port } },
        purpose: `taking the service at ${port} off`,
        isDone: ({ services }) => !listensAt(services, port),
      }).catch(noneIfGone),
  };
}

function isTarget({ targets }: LoadBalancer, wanted: BalancerTargetRef): boolean {
  return targets.some(({ server, label_selector: labels, ip }) => {
    if (wanted.type === 'server') return server?.id === wanted.server.id;
    if (wanted.type === 'ip') return ip?.ip === wanted.ip.ip;
    return labels?.selector === wanted.label_selector.selector;
  });
}

function listensAt(services: LoadBalancer['services'], port: number): boolean {
  return services.some(({ listen_port: listens }) => listens === port);
}

function noneIfGone(error: unknown): Action[] {
  if (error instanceof HetznerError && error.code === 'not_found') return [];
  throw error;
}
