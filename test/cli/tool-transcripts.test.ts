import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withTranscript } from '../../src/cli/tool-transcripts.js';
import { OxideError } from '../../src/lib/errors.js';
import { ToolError, type Invocation } from '../../src/tools/exec.js';
import { drain } from '../../src/tools/kubectl.js';
import { genConfig } from '../../src/tools/talosctl.js';
import { recorded } from '../tools/recordings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oxide-transcripts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function failureOf(invocation: Invocation, stderr: string): ToolError {
  return new ToolError({ invocation, exitCode: 1, timedOut: false, stdout: '', stderr });
}

const drainCall = drain('out/kubeconfig', { nodes: ['demo-web-1'], timeoutMs: 6_000, force: true });

describe('all that a failed tool wrote', () => {
  test('is kept for its owner, and the error names the file', async () => {
    const { stderr } = recorded('kubectl', 'drain-ending');
    const cause = failureOf(drainCall, stderr);
    const hint = 'It takes pods again.';
    const error = new OxideError('demo-web-1 was not drained', { cause, exitCode: 6, hint });
    const path = join(folder, 'tool-output', 'kubectl-drain-demo-web-1.txt');
    expect(await withTranscript(error, folder)).toMatchObject({
      message: `demo-web-1 was not drained\n  All that kubectl wrote: ${path}`,
      ...{ exitCode: 6, hint },
    });
    expect(readFileSync(path, 'utf8')).toContain(stderr);
    expect(readFileSync(path, 'utf8')).toMatch(/^\$ kubectl --kubeconfig out\/kubeconfig drain/);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(join(folder, 'tool-output')).mode & 0o777).toString(8)).toBe('700');
  });

  test('takes the place of what the same call wrote before', async () => {
    for (const name of ['drain-ending', 'drain-budget']) {
      const { stderr } = recorded('kubectl', name);
      await withTranscript(failureOf(drainCall, stderr), folder);
    }
    expect(readdirSync(join(folder, 'tool-output'))).toEqual(['kubectl-drain-demo-web-1.txt']);
  });

  test('has no secret of the configuration in it', async () => {
    const call = genConfig({
      ...{ cluster: 'demo', endpoint: 'https://10.0.1.254:6443', secrets: 's', output: 'o' },
      ...{ contract: 'v1.13', kubernetesVersion: '1.34.1', role: 'worker' },
      ...{ patchFiles: ['p'], additionalSans: [] },
    });
    const { stderr } = recorded('talosctl', 'patch-command');
    const error = failureOf(call, stderr.replace('flagged: --command', 'token: hunter2.command'));
    const named = (await withTranscript(error, folder)) as OxideError;
    const [file = ''] = readdirSync(join(folder, 'tool-output'));
    const text = readFileSync(join(folder, 'tool-output', file), 'utf8');
    expect(`${named.message}${text}`).not.toContain('hunter2');
    expect(text).toContain('token: [redacted]');
    expect(named.exitCode).toBe(2);
  });

  test('is not kept when the error shows it all, or no tool failed', async () => {
    const { stderr } = recorded('kubectl', 'not-found');
    const told = failureOf(drainCall, stderr);
    expect(await withTranscript(told, folder)).toBe(told);
    const other = new OxideError('something else');
    expect(await withTranscript(other, folder)).toBe(other);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that cannot be kept costs nothing of the error', async () => {
    writeFileSync(join(folder, 'tool-output'), 'in the way');
    const error = failureOf(drainCall, recorded('kubectl', 'drain-ending').stderr);
    expect(await withTranscript(error, folder)).toBe(error);
  });
});
