import {
  leftBuildTexts,
  runningBuildTexts,
  type PartOfBuild,
} from '../../cluster/catalogue/seen-builds.js';
import { priceOfAll, type Snapshot } from '../../cluster/catalogue/snapshots.js';
import { loadConfig } from '../../config/load.js';
import type { ClusterConfig } from '../../config/schema.js';
import {
  deleteImages,
  listImages,
  type ImagesPlan,
  type StayingImage,
} from '../../flows/images.js';
import { oxide } from '../../lib/commands.js';
import { ExitCode, UsageError } from '../../lib/errors.js';
import { renderDeletedImages, renderGoingImages, renderImages } from '../../ui/images.js';
import { confirmRemoval } from '../confirm.js';
import { withCluster, type ClusterCommand } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface ImageOptions extends GlobalOptions {
  /** Files of other clusters in the same project. */
  readonly keepFor?: readonly string[];
}

/** `oxide image list`: the Talos snapshots of the project, and who needs them. */
export function imageListCommand(options: ImageOptions, io: CliIo): Promise<ExitCode> {
  return withCluster({ ...options, brief: true }, io, async ({ flow, ui }) => {
    const images = await listImages(flow, { others: await othersOf(options) });
    const view = { images, now: flow.clock.now() };
    ui.print(view, (shown) => renderImages(shown, ui.looks), documentOf(images));
    return ExitCode.done;
  });
}

export interface ImageDeleteOptions extends ImageOptions {
  /** As they were typed. */
  readonly ids: readonly string[];
}

/** `oxide image delete`: those named, after a question. */
export function imageDeleteCommand(options: ImageDeleteOptions, io: CliIo): Promise<ExitCode> {
  return remove(options, io);
}

export interface ImagePruneOptions extends ImageOptions {
  readonly dryRun?: boolean;
}

/** `oxide image prune`: all that nobody needs, after a question. */
export function imagePruneCommand(options: ImagePruneOptions, io: CliIo): Promise<ExitCode> {
  return remove(options, io);
}

type RemoveOptions = ImagePruneOptions & Partial<Pick<ImageDeleteOptions, 'ids'>>;

function remove(options: RemoveOptions, io: CliIo): Promise<ExitCode> {
  return withCluster(options, io, async (command) => {
    const { flow, ui } = command;
    const now = flow.clock.now();
    const outcome = await deleteImages(flow, {
      others: await othersOf(options),
      ids: options.ids?.map(idOf),
      confirm: async (plan) => {
        if (options.dryRun) return false;
        ui.show(viewOf(plan, now), (shown) => renderGoingImages(shown, ui.looks));
        await confirmRemoval(options, io);
        return true;
      },
    });
    if (outcome.kind === 'preview') return preview(outcome.plan, now, command);
    const { deleted, failed, staying, removed } = outcome;
    const result = {
      deleted: deleted.map(({ id }) => id),
      failed: failed.map(stayingEntry),
      staying: staying.map(stayingEntry),
      leftovers: removed.map(leftoverEntry),
    };
    ui.print(result, (shown) => renderDeletedImages(shown, ui.looks));
    return failed.length === 0 ? ExitCode.done : ExitCode.partial;
  });
}

function idOf(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new UsageError(
    `"${text}" is not the id of a snapshot`,
    `What there is: ${oxide`image list`}`,
  );
}

/** What would be deleted, as the result: of a dry run, or when there is nothing. */
function preview(plan: ImagesPlan, now: number, { ui }: ClusterCommand): ExitCode {
  const document = {
    ...documentOf(plan.going),
    staying: plan.staying.map(stayingEntry),
    leftovers: plan.builds.left.map(leftoverEntry),
  };
  ui.print(viewOf(plan, now), (shown) => renderGoingImages(shown, ui.looks), document);
  const isIdle = plan.going.length === 0 && plan.builds.left.length === 0;
  return isIdle ? ExitCode.done : ExitCode.changes;
}

function viewOf({ going, staying, builds }: ImagesPlan, now: number) {
  const left = leftBuildTexts(builds);
  const notes = runningBuildTexts(builds, now);
  return { images: going, now, staying: staying.map(stayingEntry), left, notes };
}

function leftoverEntry({ kind, id, name, monthly }: PartOfBuild) {
  return { kind, id, name, monthlyCost: monthly ?? null };
}

function stayingEntry({ snapshot, why }: StayingImage) {
  return { id: snapshot.id, why };
}

function othersOf({ keepFor = [] }: ImageOptions): Promise<readonly ClusterConfig[]> {
  return Promise.all(keepFor.map((file) => loadConfig(file)));
}

/** Stable keys, no internals. */
function documentOf(images: readonly Snapshot[]) {
  return {
    images: images.map(({ monthly, ...image }) => ({ ...image, monthlyCost: monthly })),
    monthlyCost: priceOfAll(images),
  };
}
