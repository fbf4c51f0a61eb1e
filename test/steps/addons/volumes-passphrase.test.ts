import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StepIo } from '../../../src/lib/step.js';
import { ensureVolumesPassphrase } from '../../../src/steps/addons/volumes-passphrase.js';
import { ClusterFiles, type FlowContext } from '../../../src/steps/run/context.js';
import type { Invocation } from '../../../src/tools/exec.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oxide-passphrase-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A cluster with or without the Secret. `mark`: of the passphrase in it. */
function clusterWith(mark?: string) {
  const calls: Invocation[] = [];
  const notes: string[] = [];
  const ctx = {
    files: new ClusterFiles(folder),
    config: { cluster_name: 'demo' },
    run: (call: Invocation) => {
      calls.push(call);
      const isLook = call.args.includes('get');
      const stdout = isLook && mark !== undefined ? `hcloud-volumes-encrypted\t${mark}` : '';
      return Promise.resolve({ stdout, stderr: '' });
    },
  } as unknown as FlowContext;
  const io = { note: (text: string) => notes.push(text) } as unknown as StepIo;
  return { calls, notes, ensure: () => ensureVolumesPassphrase(ctx, io) };
}

interface Applied {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string>>;
}

const appliedBy = ({ stdin = '' }: Invocation): Applied => JSON.parse(stdin) as Applied;

test('the passphrase is made once, kept for its owner alone, and applied on stdin only', async () => {
  const first = clusterWith();
  await first.ensure();
  const path = join(folder, 'volumes.passphrase');
  const passphrase = readFileSync(path, 'utf8').trim();
  expect(passphrase).toMatch(/^[\w-]{43}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const [, apply] = first.calls;
  if (!apply) throw new Error('nothing was applied');
  expect(apply.args).toContain('--server-side');
  const { data, metadata } = appliedBy(apply);
  const encoded = Buffer.from(passphrase).toString('base64');
  expect(data).toEqual({ 'encryption-passphrase': encoded });
  for (const text of [passphrase, encoded]) {
    expect(
      JSON.stringify([first.calls.map(({ args }) => args), metadata, first.notes]),
    ).not.toContain(text);
  }
  const mark = Object.values(metadata.annotations)[0] ?? '';
  const again = clusterWith(mark);
  await again.ensure();
  expect(again.calls).toHaveLength(1);
  // The Secret was deleted: the same passphrase comes back.
  const lost = clusterWith();
  await lost.ensure();
  expect(lost.calls.at(-1)?.stdin).toBe(apply.stdin);
});

test('one that the cluster has is neither made anew nor replaced by another', async () => {
  await expect(clusterWith('0123456789').ensure()).rejects.toThrow(
    'the cluster has a passphrase of encrypted volumes, and there is no',
  );
  writeFileSync(join(folder, 'volumes.passphrase'), 'another\n');
  const { calls, ensure } = clusterWith('0123456789');
  await expect(ensure()).rejects.toThrow('is not the passphrase of encrypted volumes');
  expect(calls).toHaveLength(1);
});
