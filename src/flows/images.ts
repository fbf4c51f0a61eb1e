import {
  reasonToStay,
  snapshotsOf,
  type Snapshot,
  type SnapshotsInput,
} from '../cluster/catalogue/snapshots.js';
import type { BuildsSeen, PartOfBuild } from '../cluster/catalogue/seen-builds.js';
import type { ClusterConfig } from '../config/schema.js';
import { oxide } from '../lib/commands.js';
import { OxideError, PreconditionError, UsageError } from '../lib/errors.js';
import { plural } from '../lib/format.js';
import { inParallel } from '../lib/parallel.js';
import { removeLeftovers } from '../steps/image/remove-build.js';
import { observeSnapshots, projectServers } from '../steps/observe/snapshots.js';
import { buildParts, describeBuilds } from '../steps/ownership/build-parts.js';
import type { FlowContext } from '../steps/run/context.js';

/** Whose snapshots are looked at. */
export interface ImagesWish {
  /** Of other clusters in the same project: what they want stays. */
  readonly others: readonly ClusterConfig[];
}

/** The Talos snapshots of the project, and who needs them. */
export async function listImages(ctx: FlowContext, wish: ImagesWish): Promise<readonly Snapshot[]> {
  return snapshotsOf(await look(ctx, wish));
}

export interface DeleteImagesWish extends ImagesWish {
  /** Undefined: all that nobody needs. */
  readonly ids: readonly number[] | undefined;
  /** Shows what goes and what stays, and asks. False: nothing may be deleted. */
  readonly confirm: (going: ImagesPlan) => Promise<boolean>;
}

/** What would be deleted, and what stays for which reason. */
export interface ImagesPlan {
  readonly going: readonly Snapshot[];
  readonly staying: readonly StayingImage[];
  /** What builds have beside them: what is left of stopped ones goes as well. */
  readonly builds: BuildsSeen;
}

export interface StayingImage {
  readonly snapshot: Snapshot;
  readonly why: string;
}

export type ImagesOutcome =
  | { readonly kind: 'preview'; readonly plan: ImagesPlan }
  | {
      readonly kind: 'deleted';
      readonly deleted: readonly Snapshot[];
      readonly staying: readonly StayingImage[];
      /** Those that should have gone. */
      readonly failed: readonly StayingImage[];
      /** What is gone of stopped builds. */
      readonly removed: readonly PartOfBuild[];
    };

/**
 * Deletes Talos snapshots, those named or all that nobody needs. What a server of the project came
 * from, what a cluster.yaml asks for and what is protected stays; named, it is an error. With all that
 * nobody needs goes what stopped builds left.
 */
export async function deleteImages(
  ctx: FlowContext,
  wish: DeleteImagesWish,
): Promise<ImagesOutcome> {
  const [before, builds] = await inParallel(look(ctx, wish), lookAtBuilds(ctx, wish));
  const plan = { ...planOf(snapshotsOf(before), wish.ids), builds };
  const isIdle = plan.going.length === 0 && builds.left.length === 0;
  if (isIdle || !(await wish.confirm(plan))) return { kind: 'preview', plan };
  if (builds.left.length > 0) await removeLeftovers(ctx);
  // An answer takes its time: a server may have been made of one meanwhile.
  const servers = await projectServers(ctx);
  const now = snapshotsOf({ ...before, servers }).filter(({ id }) =>
    plan.going.some((one) => one.id === id),
  );
  const { going, staying } = split(now);
  const failed = going.length === 0 ? [] : await deleteAll(ctx, going);
  return {
    kind: 'deleted',
    removed: builds.left,
    deleted: going.filter((one) => !failed.some(({ snapshot }) => snapshot === one)),
    staying: [...plan.staying, ...staying],
    failed,
  };
}

/** Returns those that are still there. */
function deleteAll(ctx: FlowContext, going: readonly Snapshot[]): Promise<readonly StayingImage[]> {
  return ctx.step(`Delete ${plural(going.length, 'snapshot')}`, async () => {
    const failed: StayingImage[] = [];
    for (const snapshot of going) {
      const why = await problemOf(ctx, snapshot);
      if (why !== undefined) failed.push({ snapshot, why });
    }
    return failed;
  });
}

/** Deletes it. Returns why it is still there; one that cannot go does not stop the others. */
async function problemOf(ctx: FlowContext, { id }: Snapshot): Promise<string | undefined> {
  try {
    const begun = await ctx.hetzner.deleteImage(id);
    await ctx.actions.wait(begun, `snapshot ${id}`);
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof OxideError)) throw error;
    return error.message;
  }
}

type Going = Pick<ImagesPlan, 'going' | 'staying'>;

function planOf(snapshots: readonly Snapshot[], ids: readonly number[] | undefined): Going {
  if (ids === undefined) return split(snapshots);
  const missing = ids.filter((id) => !snapshots.some((snapshot) => snapshot.id === id));
  if (missing.length > 0) {
    throw new UsageError(
      missing.map((id) => `there is no Talos snapshot ${id} in this project`),
      `What there is: ${oxide`image list`}`,
    );
  }
  const { going, staying } = split(snapshots.filter(({ id }) => ids.includes(id)));
  if (staying.length > 0) {
    throw new PreconditionError(
      staying.map(({ snapshot, why }) => `snapshot ${snapshot.id} stays: ${why}`),
      'Nothing was deleted. Name only those that nobody needs.',
    );
  }
  return { going, staying };
}

function split(snapshots: readonly Snapshot[]): Going {
  const judged = snapshots.map((snapshot) => ({ snapshot, why: reasonToStay(snapshot) }));
  return {
    going: judged.filter(({ why }) => why === undefined).map(({ snapshot }) => snapshot),
    staying: judged.flatMap(({ snapshot, why }) => (why === undefined ? [] : [{ snapshot, why }])),
  };
}

async function look(ctx: FlowContext, { others }: ImagesWish): Promise<SnapshotsInput> {
  const { config, step } = ctx;
  const seen = await step('Look at the snapshots', (io) => observeSnapshots(ctx, io));
  return { ...seen, configs: [config, ...others] };
}

/** Who names snapshots means those. */
async function lookAtBuilds(ctx: FlowContext, { ids }: DeleteImagesWish): Promise<BuildsSeen> {
  if (ids !== undefined) return { atWork: [], left: [] };
  const { hetzner } = ctx;
  const [parts, pricing] = await inParallel(buildParts(hetzner), hetzner.pricing());
  return describeBuilds(ctx, parts, pricing);
}
