import { inTheConsole } from '../../lib/commands.js';
import { ExitCode, OxideError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';
import {
  resourceKey,
  resourceName,
  type OwnedResource,
  type ResourceKind,
  type OwnedResources,
} from '../state/owned-resources.js';
import { addCosts, monthlyText } from '../state/cost.js';
import type { Change, ShownPlan, KeptEntry } from './plan.js';

/** What a user allows to go that the cluster's controllers made. */
export interface DestroyWish {
  readonly deleteVolumes: boolean;
  readonly deleteLoadBalancers: boolean;
}

export interface DestroyInput extends DestroyWish {
  readonly cluster: string;
  readonly resources: OwnedResources;
}

/** Something that is not deleted, with the reason. */
export interface KeptResource {
  readonly resource: OwnedResource;
  /** `is delete-protected` */
  readonly why: string;
  /** It was to go and cannot: the destroy is not complete while it is there. */
  readonly unfinished: boolean;
}

export interface DestroyPlan extends ShownPlan {
  /** What goes, stage by stage: a stage begins when the one before it has ended. */
  readonly stages: readonly (readonly OwnedResource[])[];
  readonly kept: readonly KeptResource[];
  /** Undefined unless the destroy must not begin. */
  readonly held: HeldNetwork | undefined;
}

/** Why a destroy must not begin, and what to do. */
export interface HeldNetwork {
  readonly message: string;
  readonly hint: string;
}

/**
 * Users before what they use: Hetzner refuses to delete what is in use. Servers go first also
 * because the controllers that run on them would make their load balancers anew.
 */
const order: readonly (readonly ResourceKind[])[] = [
  ['server'],
  ['load-balancer', 'volume'],
  ['firewall', 'placement-group', 'primary-ip', 'floating-ip', 'ssh-key'],
  ['network'],
];

/**
 * Lists what goes and what stays. Only what carries the cluster's labels goes, and what its
 * controllers made where the wish allows it; never what is protected, or used by what stays.
 */
export function planDestroy({ cluster, resources, ...wish }: DestroyInput): DestroyPlan {
  const stages: OwnedResource[][] = [];
  const kept: KeptResource[] = [];
  const going = new Set<string>();
  for (const kinds of order) {
    const stage: OwnedResource[] = [];
    for (const resource of ofKinds(resources.found, kinds)) {
      const reason = reasonToKeep(resource, wish) ?? reasonOfUse(resource, going);
      if (reason === undefined) stage.push(resource);
      else kept.push({ resource, ...reason });
    }
    for (const resource of stage) going.add(resourceKey(resource));
    if (stage.length > 0) stages.push(stage);
  }
  return shown(cluster, { stages, kept }, resources);
}

function shown(
  cluster: string,
  { stages, kept }: Pick<DestroyPlan, 'stages' | 'kept'>,
  { notes, currency }: OwnedResources,
): DestroyPlan {
  const going = stages.flat();
  const staying = kept.map(({ resource }) => resource);
  const held = heldNetwork(kept);
  return {
    ...{ cluster, stages, kept, held, notes },
    changes: going.map(toChange),
    stays: kept.map(toKeptEntry),
    cost: {
      now: addCosts([...going, ...staying], { currency }),
      after: addCosts(staying, { currency }),
      covers: 'All of it',
    },
    warnings: held ? [`Nothing can be deleted: ${held.message}.`] : [],
  };
}

function ofKinds(
  found: readonly OwnedResource[],
  kinds: readonly ResourceKind[],
): readonly OwnedResource[] {
  const byName = new Intl.Collator('en', { numeric: true });
  return kinds.flatMap((wanted) =>
    found
      .filter(({ kind }) => kind === wanted)
      .sort((one, other) => byName.compare(one.name, other.name)),
  );
}

type Reason = Omit<KeptResource, 'resource'>;

function reasonToKeep(
  { kind, owner, deleteProtected }: OwnedResource,
  wish: DestroyWish,
): Reason | undefined {
  if (owner === 'other') {
    return { why: "was made neither by oxide nor by the cluster's controllers", unfinished: false };
  }
  if (kind === 'volume' && !wish.deleteVolumes) {
    return { why: 'is kept; --delete-volumes deletes it with its data', unfinished: false };
  }
  if (kind === 'load-balancer' && owner === 'controller' && !wish.deleteLoadBalancers) {
    return { why: 'is kept; --delete-load-balancers deletes it', unfinished: false };
  }
  return deleteProtected
    ? { why: 'is delete-protected; take the protection off first', unfinished: true }
    : undefined;
}

function reasonOfUse({ usedBy }: OwnedResource, going: ReadonlySet<string>): Reason | undefined {
  const users = usedBy.filter((user) => !going.has(resourceKey(user)));
  return users.length > 0
    ? { why: `is used by ${enumerate(users.map(resourceName))}`, unfinished: true }
    : undefined;
}

function toChange({ kind, id, name, detail, monthly }: OwnedResource): Change {
  return { action: 'delete', kind, name, detail: withId(detail, id), monthly };
}

/** What is kept, as plans and results show it. */
export function toKeptEntry({ resource, why }: KeptResource): KeptEntry {
  const { kind, id, name, detail, monthly } = resource;
  return { kind, name, detail: withId(detail, id), monthly, why };
}

function withId(detail: string, id: number): string {
  return detail === '' ? `id ${id}` : `${detail}, id ${id}`;
}

/**
 * The load balancers that hold the network and are not to go. A destroy stops for them before it
 * deletes anything: the cluster would be gone, and what it pays for would not.
 */
function heldNetwork(kept: readonly KeptResource[]): HeldNetwork | undefined {
  for (const { resource: network } of kept.filter(({ resource: { kind } }) => kind === 'network')) {
    const users = network.usedBy.map(resourceKey);
    const holding = kept
      .filter(({ resource, unfinished }) => !unfinished && users.includes(resourceKey(resource)))
      .map(({ resource }) => resource);
    if (holding.length > 0) return describeHolders(network, holding);
  }
  return undefined;
}

function describeHolders(network: OwnedResource, holding: readonly OwnedResource[]): HeldNetwork {
  const theirs = holding.filter(({ owner }) => owner === 'other');
  const makers = theirs.length === 0 ? 'the cluster' : 'somebody else';
  const currency = holding.flatMap(({ monthly }) => monthly?.currency ?? [])[0];
  const price = currency === undefined ? '' : ` (${monthlyText(addCosts(holding, { currency }))})`;
  return {
    message:
      `the network "${network.name}" still holds ${enumerate(holding.map(resourceName))}, ` +
      `made by ${makers} and not by oxide${price}`,
    hint:
      theirs.length === 0
        ? 'To delete that, too, add --delete-load-balancers to the same command.'
        : `Detach ${enumerate(theirs.map(resourceName))} from the network ${inTheConsole}, then run the same command again.`,
  };
}

/** Stops a destroy that must not begin (exit 5). */
export function refuseHeldNetwork({ held }: DestroyPlan): void {
  if (!held) return;
  throw new OxideError(held.message, {
    hint: `Nothing was deleted. ${held.hint}`,
    exitCode: ExitCode.partial,
  });
}
