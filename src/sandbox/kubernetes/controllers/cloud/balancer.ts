import { ask, askAll } from '../../hetzner-client.js';
import { listOr, objectOr, type JsonObject } from '../../json.js';
import type { KubeState } from '../../state.js';
import type { CloudSettings } from './settings.js';
import { serviceUid, type Wish } from './wishes.js';

/** What a Service's load balancer lacks most; undefined when it is as it should be. */
export interface Step {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: JsonObject;
}

/** The load balancer of a Service, by its label or else by its name. */
export function findBalancer(
  state: KubeState,
  { token }: CloudSettings,
  { uid, name }: { readonly uid: string; readonly name?: string },
): JsonObject | undefined {
  const list = (query: string): readonly JsonObject[] =>
    askAll(state, token, { path: `/load_balancers?${query}`, key: 'load_balancers' });
  const [own] = list(`label_selector=${encodeURIComponent(`${serviceUid}=${uid}`)}`);
  if (own || name === undefined) return own;
  return list(`name=${encodeURIComponent(name)}`)[0];
}

/** What is done next, in the order in which the controller does it. */
export function nextStep(
  state: KubeState,
  settings: CloudSettings,
  goal: { readonly uid: string; readonly wish: Wish; readonly balancer: JsonObject | undefined },
): Step | undefined {
  const { uid, wish, balancer } = goal;
  if (!balancer) return { method: 'POST', path: '/load_balancers', body: wish.order };
  const self = `/load_balancers/${String(balancer['id'])}`;
  const labels = objectOr(balancer['labels']);
  if (labels[serviceUid] !== uid || balancer['name'] !== wish.name) {
    const body = { name: wish.name, labels: { ...labels, [serviceUid]: uid } };
    return { method: 'PUT', path: self, body };
  }
  const change =
    formOf(balancer, wish) ??
    attachment(state, settings, { balancer, wish }) ??
    visibility(balancer, wish) ??
    services(balancer, wish) ??
    targets(balancer, wish);
  return change && { method: 'POST', path: `${self}/actions/${change.action}`, body: change.body };
}

interface Change {
  readonly action: string;
  readonly body: JsonObject;
}

function formOf(balancer: JsonObject, { type, algorithm }: Wish): Change | undefined {
  if (algorithm !== undefined && objectOr(balancer['algorithm'])['type'] !== algorithm) {
    return { action: 'change_algorithm', body: { type: algorithm } };
  }
  if (type !== undefined && objectOr(balancer['load_balancer_type'])['name'] !== type) {
    return { action: 'change_type', body: { load_balancer_type: type } };
  }
  return undefined;
}

function attachment(
  state: KubeState,
  { token, network }: CloudSettings,
  { balancer, wish }: { readonly balancer: JsonObject; readonly wish: Wish },
): Change | undefined {
  if (network === '') return undefined;
  const present = listOr(balancer['private_net']).map(objectOr)[0];
  if (present && (wish.privateIp === undefined || present['ip'] === wish.privateIp)) {
    return undefined;
  }
  if (present) return { action: 'detach_from_network', body: { network: present['network'] } };
  const id = /^\d+$/.test(network)
    ? Number(network)
    : listOr(
        ask(state, {
          ...{ method: 'GET', token },
          path: `/networks?name=${encodeURIComponent(network)}`,
        })['networks'],
      ).map(objectOr)[0]?.['id'];
  const body = {
    network: id,
    ...(wish.privateIp === undefined ? {} : { ip: wish.privateIp }),
    ...(wish.subnet === undefined ? {} : { ip_range: wish.subnet }),
  };
  return { action: 'attach_to_network', body };
}

function visibility(balancer: JsonObject, { publicInterface }: Wish): Change | undefined {
  const { enabled } = objectOr(balancer['public_net']);
  if (publicInterface === undefined || publicInterface === enabled) return undefined;
  const action = publicInterface ? 'enable_public_interface' : 'disable_public_interface';
  return { action, body: {} };
}

function services(balancer: JsonObject, wish: Wish): Change | undefined {
  const present = listOr(balancer['services']).map(objectOr);
  for (const [port, body] of wish.services) {
    const before = present.find((service) => service['listen_port'] === port);
    if (!before) return { action: 'add_service', body };
    if (!includes(before, body)) return { action: 'update_service', body };
  }
  const surplus = present.find(({ listen_port: port }) => !wish.services.has(Number(port)));
  return surplus && { action: 'delete_service', body: { listen_port: surplus['listen_port'] } };
}

/** Whether an object has all fields of another. */
function includes(object: JsonObject, part: JsonObject): boolean {
  return Object.entries(part).every(([field, value]) =>
    typeof value === 'object' && value !== null
      ? includes(objectOr(object[field]), objectOr(value))
      : object[field] === value,
  );
}

function targets(balancer: JsonObject, wish: Wish): Change | undefined {
  const present = listOr(balancer['targets'])
    .map(objectOr)
    .filter(({ type }) => type === 'server')
    .map((target) => ({
      id: Number(objectOr(target['server'])['id']),
      isRight: target['use_private_ip'] === wish.usePrivateIp,
    }));
  const bodyOf = (id: number): JsonObject => ({ type: 'server', server: { id } });
  const surplus = present.find(({ id, isRight }) => !isRight || !wish.targets.includes(id));
  if (surplus) return { action: 'remove_target', body: bodyOf(surplus.id) };
  const most = Number(objectOr(balancer['load_balancer_type'])['max_targets']);
  const missing = wish.targets.find((id) => !present.some((target) => target.id === id));
  if (missing === undefined || present.length >= most) return undefined;
  return { action: 'add_target', body: { ...bodyOf(missing), use_private_ip: wish.usePrivateIp } };
}
