import {
  clusterSelector,
  isOfBuilds,
  isOwn,
  withBuildsSelector,
} from '../../cluster/state/labels.js';
import type { Labels } from '../../cluster/state/cluster-state.js';
import type { HetznerApi } from '../../hetzner/api.js';
import type { RunTool, ToolOutput } from '../../tools/exec.js';
import { commandLine } from '../../tools/invocation.js';
import type { FlowContext } from '../run/context.js';

/**
 * The same surroundings for one look of several eyes that changes nothing: what two of them ask is
 * asked once, and the project's whole lists answer also for the cluster's part of them.
 */
export function withSharedAnswers(ctx: FlowContext): FlowContext {
  return {
    ...ctx,
    hetzner: sharedLists(ctx.hetzner, ctx.config.cluster_name),
    run: sharedCalls(ctx.run),
  };
}

/**
 * The same surroundings, which ask for these lists at most once: they change no more, or it does not matter.
 * One that could not be read is asked for again.
 */
export function askingOnce(
  ctx: FlowContext,
  lists: readonly ('pricing' | 'loadBalancers')[],
): FlowContext {
  const { hetzner } = ctx;
  const kept = lists.map((list) => [list, once<unknown>(() => hetzner[list]())] as const);
  return { ...ctx, hetzner: { ...hetzner, ...Object.fromEntries(kept) } };
}

function sharedCalls(run: RunTool): RunTool {
  const asked = new Map<string, Promise<ToolOutput>>();
  return (invocation) => {
    const key = commandLine(invocation);
    const answer = asked.get(key) ?? run(invocation);
    asked.set(key, answer);
    return answer;
  };
}

function sharedLists(hetzner: HetznerApi, cluster: string): HetznerApi {
  const servers = wholeList(cluster, (selector) => hetzner.servers(selector));
  const networks = wholeList(cluster, (selector) => hetzner.networks(selector));
  const firewalls = wholeList(cluster, (selector) => hetzner.firewalls(selector));
  const sshKeys = wholeList(cluster, (selector) => hetzner.sshKeys(selector));
  const placementGroups = wholeList(cluster, (selector) => hetzner.placementGroups(selector));
  return {
    ...hetzner,
    pricing: once(() => hetzner.pricing()),
    primaryIps: wholeList(cluster, (selector) => hetzner.primaryIps(selector)),
    loadBalancers: wholeList(cluster, (selector) => hetzner.loadBalancers(selector)),
    ...{ servers, networks, firewalls, sshKeys, placementGroups },
    networkByName: named(networks),
    firewallByName: named(firewalls),
    sshKeyByName: named(sshKeys),
  };
}

type List<T> = (selector?: string) => Promise<T[]>;

function wholeList<T extends { readonly labels: Labels }>(cluster: string, list: List<T>): List<T> {
  const whole = once(() => list());
  return async (selector) => {
    if (selector === undefined) return whole();
    const own = clusterSelector(cluster);
    if (selector !== own && selector !== withBuildsSelector(cluster)) return list(selector);
    const isMeant = (labels: Labels): boolean =>
      isOwn(cluster, labels) || (selector !== own && isOfBuilds(labels));
    return (await whole()).filter(({ labels }) => isMeant(labels));
  };
}

function named<T extends { readonly name: string }>(list: List<T>) {
  return async (name: string): Promise<T | undefined> =>
    (await list()).find((one) => one.name === name);
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () =>
    (answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    }));
}
