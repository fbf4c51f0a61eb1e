import type { AppliedManifest } from '../../cluster/kubernetes/manifests.js';
import type { StepIo } from '../../lib/step.js';
import { deleteObjects, isKindMissing } from '../../tools/kubectl.js';
import { ensureClusterRecord } from '../kubernetes/cluster-record.js';
import type { FlowContext } from '../run/context.js';

interface Removal {
  readonly name: string;
  readonly applied: AppliedManifest;
}

/** Deletes the objects of a manifest, the last of them first, and forgets it. */
export async function deleteManifest(
  ctx: FlowContext,
  { name, applied }: Removal,
  io: StepIo,
): Promise<void> {
  const items = [...applied.objects].reverse().map((object) => {
    const { apiVersion, kind, namespace } = object;
    return { apiVersion, kind, metadata: { name: object.name, namespace } };
  });
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  try {
    await ctx.run(deleteObjects(ctx.files.kubeconfig, list));
  } catch (error) {
    // With a definition all objects of its kind have gone.
    if (!isKindMissing(error)) throw error;
  }
  await ensureClusterRecord(ctx, { forget: name }, io);
}
