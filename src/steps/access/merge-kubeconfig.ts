import { mkdir, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readTextIfExists, writePrivateFile } from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { adaptKubeconfig } from '../../tools/access-files.js';
import { mergeKubeconfig } from '../../tools/merge-kubeconfig.js';
import type { FlowContext } from '../run/context.js';

/** Where the access to the cluster is added. */
export interface MergeWish {
  /** The user's own kubeconfig; made when it does not exist. */
  readonly path: string;
  /** Name of the context there. */
  readonly context: string;
}

/** What became of the user's own kubeconfig. */
export interface Merged extends MergeWish {
  /** The file as it was before; null when it was new, or nothing changed. */
  readonly backup: string | null;
}

/**
 * Adds the kept kubeconfig to the user's own, with a backup beside it. What else the file holds is
 * left as it is.
 */
export async function mergeIntoOwn(
  ctx: FlowContext,
  { wish, server }: { readonly wish: MergeWish; readonly server: string },
  io: StepIo,
): Promise<Merged> {
  const { context } = wish;
  const kept = await readFile(ctx.files.kubeconfig, 'utf8');
  const added = adaptKubeconfig(kept, { context, server, proxyUrl: ctx.endpoints.nodeProxy });
  const path = await behindLinks(wish.path);
  const before = await readTextIfExists(path);
  const after = before === undefined ? added : mergeKubeconfig(before, added);
  io.summary(`${path}, context ${context}`);
  if (after === before) return { path, context, backup: null };
  const backup = before === undefined ? null : `${path}.backup-${timestamp(ctx)}`;
  if (before === undefined) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  else if (backup !== null) await writePrivateFile(backup, before);
  await writePrivateFile(path, after);
  return { path, context, backup };
}

/** A kubeconfig that is a link stays one: it is the file behind it that is replaced. */
async function behindLinks(path: string): Promise<string> {
  return (await readTextIfExists(path)) === undefined ? path : realpath(path);
}

function timestamp({ clock }: FlowContext): string {
  return new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
}
