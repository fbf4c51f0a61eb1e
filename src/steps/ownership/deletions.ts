import {
  countByKind,
  resourceKey,
  resourceName,
  type OwnedResource,
  type ResourceKind,
} from '../../cluster/state/owned-resources.js';
import type { KeptResource } from '../../cluster/plan/destroy-plan.js';
import { HetznerError } from '../../hetzner/errors.js';
import type { Action } from '../../hetzner/resources.js';
import { OxideError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import type { FlowContext } from '../run/context.js';
import { isIn } from './to-owned-resource.js';
import { waitOptions } from '../run/waiting.js';

/**
 * Deletes these side by side and waits until they are gone. One that fails does not stop the
 * others; what is used by one that failed before is left alone. Returns what is still there.
 */
export async function deleteResources(
  ctx: FlowContext,
  { resources, failed }: { resources: readonly OwnedResource[]; failed: readonly KeptResource[] },
  io: StepIo,
): Promise<readonly KeptResource[]> {
  const attempts = await inParallel(
    ...resources.map(async (resource): Promise<KeptResource[]> => {
      const why = stillUsed(resource, failed) ?? (await tryToDelete(ctx, resource, io));
      if (why === undefined) return [];
      io.warn(`${resourceName(resource)} is still there: ${why}`);
      return [{ resource, why, unfinished: true }];
    }),
  );
  const left = attempts.flat();
  const gone = resources.filter((one) => !left.some(({ resource }) => resource === one));
  const said = gone.length === 0 ? 'none' : enumerate(countByKind(gone));
  if (left.length === 0) io.summary(said);
  else io.unmet(`${said}; ${left.length} still there`);
  return left;
}

function stillUsed({ usedBy }: OwnedResource, failed: readonly KeptResource[]): string | undefined {
  const users = usedBy.filter((user) =>
    failed.some(({ resource }) => resourceKey(resource) === resourceKey(user)),
  );
  return users.length > 0 ? `is used by ${enumerate(users.map(resourceName))}` : undefined;
}

/** Why it could not be deleted; undefined when it is gone. */
async function tryToDelete(
  ctx: FlowContext,
  resource: OwnedResource,
  io: StepIo,
): Promise<string | undefined> {
  try {
    await deletions[resource.kind](ctx, resource, io);
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof OxideError) || isAboutTheToken(error)) throw error;
    return error.message;
  }
}

/** A token that may not delete one thing may delete none. */
function isAboutTheToken(error: OxideError): boolean {
  const codes = ['unauthorized', 'token_readonly', 'forbidden'];
  return error instanceof HetznerError && codes.includes(error.code);
}

type Delete = (ctx: FlowContext, resource: OwnedResource, io: StepIo) => Promise<void>;

/** What a thing used is free only when the actions of its deletion, if it has any, have ended. */
function untilGone(
  remove: (ctx: FlowContext, resource: OwnedResource) => Promise<readonly Action[]>,
): Delete {
  return async (ctx, resource, io) => {
    await ended(ctx, { begun: await remove(ctx, resource), of: resource.name }, io);
  };
}

function ended(
  { actions }: FlowContext,
  { begun, of }: { begun: readonly Action[]; of: string },
  io: StepIo,
): Promise<void> {
  return actions.wait(begun, of, (fact) => {
    io.detail(fact);
  });
}

/** A firewall is in use for this long, ms, after the servers behind it are gone: no try before helps. */
const releaseMs = 3_000;

const deletions: Readonly<Record<ResourceKind, Delete>> = {
  server: deleteServer,
  'load-balancer': untilGone(({ hetzner }, { id }) => hetzner.deleteLoadBalancer(id)),
  volume: onceFree(({ hetzner }, { id }) => hetzner.deleteVolume(id)),
  firewall: onceFree(deleteFirewall, releaseMs),
  'placement-group': onceFree(({ hetzner }, { id }) => hetzner.deletePlacementGroup(id)),
  'primary-ip': onceFree(({ hetzner }, { id }) => hetzner.deletePrimaryIp(id)),
  'floating-ip': onceFree(({ hetzner }, { id }) => hetzner.deleteFloatingIp(id)),
  'ssh-key': untilGone(({ hetzner }, { id }) => hetzner.deleteSshKey(id)),
  network: untilGone(deleteNetwork),
};

/** Hetzner counts what a deleted server used as in use for some time: seconds, at times minutes. */
function onceFree(remove: Parameters<typeof untilGone>[0], firstMs = 0): Delete {
  const attempt = untilGone(remove);
  return async (ctx, resource, io) => {
    if (firstMs > 0 && resource.usedBy.length > 0) await ctx.clock.sleep(firstMs, ctx.signal);
    const probe = async (): Promise<Probe<true>> => {
      try {
        await attempt(ctx, resource, io);
        return { ready: true };
      } catch (error) {
        if (!(error instanceof HetznerError) || !inUseCodes.includes(error.code)) throw error;
        return { waiting: error.message };
      }
    };
    const patience = { timeoutMs: ctx.config.timeouts.release };
    await waitFor(`deleting ${resourceName(resource)}`, probe, waitOptions(ctx, io, patience));
  };
}

const inUseCodes: readonly string[] = ['resource_in_use', 'must_be_unassigned', 'service_error'];

/** A server that something else is under way with is deleted when that has ended. */
export async function deleteServer(
  ctx: FlowContext,
  { id, name }: Pick<OwnedResource, 'id' | 'name'>,
  io: StepIo,
): Promise<void> {
  const { hetzner } = ctx;
  const wait = (begun: readonly Action[]): Promise<void> => ended(ctx, { begun, of: name }, io);
  try {
    await wait(await hetzner.deleteServer(id));
  } catch (error) {
    if (!(error instanceof HetznerError) || error.code !== 'locked') throw error;
    // Something long is under way with it, a creation for example: how that ends does not matter.
    await wait(await hetzner.serverActions(id)).catch((reason: unknown) => {
      ctx.signal.throwIfAborted();
      if (!(reason instanceof OxideError)) throw reason;
    });
    await wait(await hetzner.deleteServer(id));
  }
}

/** A label selector counts as a use, also when it matches no server: it is taken off. */
async function deleteFirewall(
  ctx: FlowContext,
  firewall: OwnedResource,
): Promise<readonly Action[]> {
  try {
    return await ctx.hetzner.deleteFirewall(firewall.id);
  } catch (error) {
    if (!(error instanceof HetznerError) || error.code !== 'resource_in_use') throw error;
    if (!(await takeOffSelectors(ctx, firewall))) throw error;
    return ctx.hetzner.deleteFirewall(firewall.id);
  }
}

/** Whether there were any. */
async function takeOffSelectors(
  { hetzner, actions }: FlowContext,
  { id, name }: OwnedResource,
): Promise<boolean> {
  const firewall = (await hetzner.firewalls()).find((one) => one.id === id);
  const selectors = (firewall?.applied_to ?? []).flatMap(({ label_selector: selector }) =>
    selector ? [{ type: 'label_selector' as const, label_selector: selector }] : [],
  );
  if (selectors.length === 0) return false;
  await actions.wait(await hetzner.removeFirewallFromResources(id, selectors), name);
  return true;
}

/** The cluster may have ordered a load balancer until its last server was gone. */
async function deleteNetwork({ hetzner }: FlowContext, { id }: OwnedResource): Promise<Action[]> {
  const late = (await hetzner.loadBalancers()).filter((one) => isIn(one, [id]));
  if (late.length > 0) {
    const names = late.map((one) => resourceName({ ...one, kind: 'load-balancer' }));
    throw new OxideError(`${enumerate(names)} came into it meanwhile`);
  }
  return hetzner.deleteNetwork(id);
}
