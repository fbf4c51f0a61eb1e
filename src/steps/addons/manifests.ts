import { issuersName } from '../../addons/issuers.js';
import { manifestLimit, manifestObjects } from '../../config/manifest-objects.js';
import {
  manifestStates,
  wantedManifests,
  type AppliedManifest,
  type AppliedManifests,
  type ManifestState,
  type WantedManifest,
} from '../../cluster/kubernetes/manifests.js';
import type { ClusterConfig } from '../../config/schema.js';
import { sha256 } from '../../lib/digest.js';
import { OxideError, PreconditionError } from '../../lib/errors.js';
import { enumerateNames } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { download } from '../../tools/download.js';
import { ToolError } from '../../tools/exec.js';
import { applyServerSide, isKindMissing, isWebhookSilent } from '../../tools/kubectl.js';
import { readClusterRecord } from '../observe/known-nodes.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';
import type { AddonFailure } from './install.js';
import { issuersText } from './issuers-text.js';

type Manifest = ClusterConfig['addons']['manifests'][number];

/** Those that are wanted and those that were applied; what is fetched is fetched now. */
export async function observeManifests(ctx: FlowContext): Promise<readonly ManifestState[]> {
  const [wanted, record] = await inParallel(
    inParallel(...manifestsOf(ctx).map((one) => lookAt(ctx, one))),
    readClusterRecord(ctx),
  );
  return manifestStates(wanted, record?.manifests ?? {});
}

async function lookAt(ctx: FlowContext, manifest: Manifest): Promise<WantedManifest> {
  const { place: name } = manifest;
  try {
    return { name, digest: sha256(await textOf(ctx, manifest)) };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof OxideError) return { name, digest: undefined, problem: error.message };
    throw error;
  }
}

/** Those that are wanted, without a request: what a URL holds is not known then. */
export function keptManifests(
  { config }: FlowContext,
  applied: AppliedManifests,
): readonly ManifestState[] {
  return manifestStates(wantedManifests(config), applied);
}

/** The issuers of cert-manager, which other manifests may name, and the user's own. */
function manifestsOf({ config }: FlowContext): readonly Manifest[] {
  const { cert_manager: certManager, manifests } = config.addons;
  if (certManager.issuers.length === 0) return manifests;
  return [{ place: issuersName, text: undefined }, ...manifests];
}

async function textOf(ctx: FlowContext, { place, text }: Manifest): Promise<string> {
  if (text !== undefined) return text;
  if (place === issuersName) return issuersText(ctx);
  const { clock, signal, endpoints } = ctx;
  const { outbound } = endpoints;
  return download({ url: place, outbound, clock, signal, limit: manifestLimit });
}

/** What came of applying manifests. */
export interface ManifestsApplied {
  readonly applied: AppliedManifests;
  readonly failures: readonly AddonFailure[];
}

/**
 * Applies these manifests of cluster.yaml, one after the other, as they are: a later one may need what an
 * earlier one makes. One that fails does not keep the others from it.
 */
export async function applyManifests(
  ctx: FlowContext,
  names: readonly string[],
  io: StepIo,
): Promise<ManifestsApplied> {
  const applied: Record<string, AppliedManifest> = {};
  const failures: AddonFailure[] = [];
  for (const manifest of manifestsOf(ctx)) {
    const { place: name } = manifest;
    if (!names.includes(name)) continue;
    try {
      applied[name] = await applyOne(ctx, manifest, io);
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (!(error instanceof OxideError)) throw error;
      failures.push({ name, reason: error instanceof ToolError ? error.reason : error.message });
    }
  }
  if (failures.length > 0) {
    io.unmet(`not applied: ${enumerateNames(failures.map(({ name }) => name))}`);
  } else {
    io.summary(enumerateNames(Object.keys(applied)));
  }
  return { applied, failures };
}

async function applyOne(
  ctx: FlowContext,
  manifest: Manifest,
  io: StepIo,
): Promise<AppliedManifest> {
  const { place } = manifest;
  io.detail(place);
  const text = await textOf(ctx, manifest);
  const found = manifestObjects(text);
  if ('reason' in found) {
    throw new PreconditionError(`what came from it ${found.reason}`, 'See what is there.');
  }
  const { objects } = found;
  const bringsKinds = objects.some(({ kind }) => kind === 'CustomResourceDefinition');
  const probe = async (): Promise<Probe<true>> => {
    try {
      await ctx.run(applyServerSide(ctx.files.kubeconfig, text));
      return { ready: true };
    } catch (error) {
      const isEarly = isWebhookSilent(error) || (bringsKinds && isKindMissing(error));
      if (!(error instanceof ToolError) || !isEarly) throw error;
      return { waiting: error.reason };
    }
  };
  const { addons: timeoutMs } = ctx.config.timeouts;
  await waitFor(`${place} to be taken`, probe, waitOptions(ctx, io, { timeoutMs }));
  return { digest: sha256(text), objects };
}
