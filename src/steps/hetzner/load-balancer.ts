import { serviceText, wantedServices } from '../../cluster/network/balancer-services.js';
import type { PlannedBalancer } from '../../cluster/plan/plan.js';
import type { BalancerTarget, LoadBalancerState } from '../../cluster/state/load-balancer.js';
import type { Action } from '../../hetzner/resources.js';
import type {
  BalancerServiceOrder,
  BalancerTargetRef,
} from '../../hetzner/load-balancer-changes.js';
import type { StepIo } from '../../lib/step.js';
import { toLoadBalancer } from '../run/api-objects.js';
import type { FlowContext } from '../run/context.js';
import { withinLimits } from './account-limits.js';

export interface BalancerWish {
  readonly planned: PlannedBalancer;
  /** The servers that are control planes of the cluster: whatever else is a target goes. */
  readonly controlPlaneIds: readonly number[];
  readonly networkId: number;
}

/**
 * The load balancer before the control planes, in the network at its fixed address, with its services
 * and without anybody else's targets. Each change waits for the one before: meanwhile it is locked.
 */
export async function ensureLoadBalancer(
  ctx: FlowContext,
  wish: BalancerWish,
  io: StepIo,
): Promise<LoadBalancerState> {
  const { planned, networkId } = wish;
  const found = planned.existing ?? (await makeBalancer(ctx, wish));
  if (planned.existing) await finishUnderWay(ctx, planned.existing);
  const changed = await setRight(ctx, found, wish);
  // Its addresses may be known only when it was made, and tell what the certificates have to hold.
  const isKnown = planned.existing !== undefined && !changed;
  const balancer = isKnown
    ? found
    : toLoadBalancer(await ctx.hetzner.loadBalancer(found.id), networkId);
  const what = planned.existing ? (changed ? 'updated' : 'exists') : planned.privateIp;
  io.summary(`${what}, id ${balancer.id}`);
  return balancer;
}

async function makeBalancer(
  ctx: FlowContext,
  { planned, networkId }: BalancerWish,
): Promise<LoadBalancerState> {
  const { name, type, location, labels } = planned;
  const { balancer, actions } = await withinLimits(
    ctx,
    () => ({ load_balancer: 1 }),
    () =>
      ctx.hetzner.createLoadBalancer({
        ...{ name, location, labels, load_balancer_type: type },
        algorithm: { type: 'round_robin' },
        services: wantedServices.map(orderOf),
      }),
  );
  await ctx.actions.wait(actions, `the load balancer ${name}`);
  return toLoadBalancer(balancer, networkId);
}

/** What an interrupted run began. */
async function finishUnderWay(ctx: FlowContext, { id, name }: LoadBalancerState): Promise<void> {
  await ctx.actions.wait(await ctx.hetzner.loadBalancerActions(id), `the load balancer ${name}`);
}

/** Changes what is not as it should be. False: there was nothing to change. */
async function setRight(
  ctx: FlowContext,
  found: LoadBalancerState,
  { planned, controlPlaneIds, networkId }: BalancerWish,
): Promise<boolean> {
  const { hetzner } = ctx;
  const { id } = found;
  const { privateIp: ip, type, isPublic } = planned;
  const foreign = found.targets
    .filter(({ serverId, isPrivate }) => !isPrivate || !controlPlaneIds.includes(serverId ?? 0))
    .flatMap((target) => refOf(target) ?? []);
  const changes: (() => Promise<Action[]>)[] = [
    ...(found.privateIp === undefined
      ? [() => hetzner.attachBalancer(id, { network: networkId, ip })]
      : []),
    ...(found.type === type ? [] : [() => hetzner.changeBalancerType(id, type)]),
    ...serviceChanges(ctx, found),
    ...foreign.map((target) => () => hetzner.removeBalancerTarget(id, target)),
    // Hetzner closes the public interface of one that is in a network only.
    ...(found.isPublic === isPublic ? [] : [() => hetzner.exposeBalancer(id, isPublic)]),
  ];
  for (const change of changes) {
    await ctx.actions.wait(await change(), `the load balancer ${found.name}`);
  }
  return changes.length > 0;
}

function refOf({ serverId, other }: BalancerTarget): BalancerTargetRef | undefined {
  if (serverId !== undefined) return { type: 'server', server: { id: serverId } };
  if (!other) return undefined;
  return 'ip' in other
    ? { type: 'ip', ip: other }
    : { type: 'label_selector', label_selector: other };
}

function serviceChanges(
  { hetzner }: FlowContext,
  { id, services }: LoadBalancerState,
): (() => Promise<Action[]>)[] {
  const at = (port: number) => services.find(({ listen_port: listens }) => listens === port);
  const known = new Set(wantedServices.map(({ listen_port: port }) => port));
  return [
    ...services
      .filter(({ listen_port: port }) => !known.has(port))
      .map(
        ({ listen_port: port }) =>
          () =>
            hetzner.removeBalancerService(id, port),
      ),
    ...wantedServices.flatMap((wanted) => {
      const found = at(wanted.listen_port);
      const order = orderOf(wanted);
      if (!found) return [() => hetzner.addBalancerService(id, order)];
      if (serviceText(found) === serviceText(wanted)) return [];
      return [() => hetzner.updateBalancerService(id, order)];
    }),
  ];
}

/** The official description demands a domain and an expected answer also where there is none. */
function orderOf({
  health_check: check,
  ...service
}: (typeof wantedServices)[number]): BalancerServiceOrder {
  const { http, ...plain } = check;
  if (!http) return { ...service, health_check: plain };
  return { ...service, health_check: { ...plain, http: { ...http, domain: '', response: '' } } };
}
