import { createHash, randomBytes } from 'node:crypto';
import { volumesSecret } from '../../addons/hcloud-csi.js';
import { importCommand } from '../../cluster/state/secrets-copy-name.js';
import { PreconditionError } from '../../lib/errors.js';
import { oxide } from '../../lib/commands.js';
import { readTextIfExists, writePrivateFile } from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { applyServerSide, getMark } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/** Says which passphrase the cluster has without telling it. */
const markKey = 'oxide/passphrase';

/**
 * The passphrase of encrypted volumes is made once, for as long as the cluster lives: with another one nothing
 * could read them. It is kept before it is used, and goes to kubectl's input only.
 */
export async function ensureVolumesPassphrase(ctx: FlowContext, io: StepIo): Promise<void> {
  const { run, files } = ctx;
  const kept = (await readTextIfExists(files.volumesPassphrase))?.trim();
  const asked = { ...volumesSecret, kind: 'secret', annotation: markKey };
  const [there, mark] = (await run(getMark(files.kubeconfig, asked))).stdout.split('\t');
  if (there) {
    refuseAnother(ctx, { kept, mark: mark ?? '' });
    return;
  }
  const passphrase = kept ?? randomBytes(32).toString('base64url');
  if (kept === undefined) {
    await writePrivateFile(files.volumesPassphrase, `${passphrase}\n`);
    io.note(
      `the passphrase of encrypted volumes is ${files.volumesPassphrase}: ${oxide`secrets export`} makes a copy`,
    );
  }
  await run(applyServerSide(files.kubeconfig, secretOf(ctx, passphrase)));
}

function secretOf(ctx: FlowContext, passphrase: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      ...volumesSecret,
      labels: { 'app.kubernetes.io/managed-by': 'oxide' },
      annotations: { [markKey]: markOf(ctx, passphrase) },
    },
    data: { 'encryption-passphrase': Buffer.from(passphrase).toString('base64') },
  });
}

/** So short a digest of so long a random text gives nothing away. */
function markOf({ config }: FlowContext, passphrase: string): string {
  const digest = createHash('sha256').update(`${config.cluster_name}\n${passphrase}`).digest('hex');
  return digest.slice(0, 10);
}

/** What is in the cluster was used for volumes, and is neither replaced nor made anew. */
function refuseAnother(
  ctx: FlowContext,
  { kept, mark }: { readonly kept: string | undefined; readonly mark: string },
): void {
  if (kept !== undefined && markOf(ctx, kept) === mark) return;
  const { volumesPassphrase: file } = ctx.files;
  throw new PreconditionError(
    kept === undefined
      ? `the cluster has a passphrase of encrypted volumes, and there is no ${file}`
      : `${file} is not the passphrase of encrypted volumes that the cluster has`,
    `It is never made anew: what is in the volumes would be lost. ${kept === undefined ? 'Bring it' : 'Move the file away, and bring the right one'} back from your copy: ${importCommand(ctx.config.cluster_name)}`,
  );
}
