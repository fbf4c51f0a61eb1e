import { expect, it } from 'vitest';
import { PreconditionError } from '../../src/lib/errors.js';
import { checkTools } from '../../src/tools/check.js';
import type { RunTool, ToolName } from '../../src/tools/exec.js';
import { toolError } from './tool-error.js';

const wanted = { talosVersion: 'v1.13.9', kubernetesVersion: '1.34.1' };

/** Tools that answer with these texts, or throw. */
function tools(changes: Partial<Record<ToolName, string | Error>> = {}): RunTool {
  const answers = { talosctl: 'v1.13.2', kubectl: 'v1.34.5', helm: 'v4.1.4', ...changes };
  return ({ tool }) => {
    const answer = answers[tool];
    if (answer instanceof Error) return Promise.reject(answer);
    const stdout = {
      talosctl: `Client:\nTalos ${answer}\n`,
      kubectl: JSON.stringify({ clientVersion: { gitVersion: answer }, kustomizeVersion: 'v5' }),
      helm: answer,
    }[tool];
    return Promise.resolve({ stdout, stderr: '' });
  };
}

async function refusal(run: RunTool): Promise<PreconditionError> {
  const caught: unknown = await checkTools(run, wanted).catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(PreconditionError);
  return caught as PreconditionError;
}

it.each([
  {},
  { kubectl: 'v1.33.0' },
  { kubectl: 'v1.35.0-alpha.1' },
  { kubectl: 'v1.33.4-dispatcher' },
  { helm: 'v3.17.0+g301108e' },
  { helm: 'v4.0.0' },
])('fitting tools are taken: %j', async (changes) => {
  expect(Object.keys(await checkTools(tools(changes), wanted))).toEqual([
    'talosctl',
    'kubectl',
    'helm',
  ]);
});

it.each([
  [
    { talosctl: 'v1.14.0' },
    'talosctl 1.14.0 was found; 1.13.x is needed, because the nodes run Talos v1.13.9',
  ],
  [
    { kubectl: 'v1.32.4-dispatcher' },
    'kubectl 1.32.4-dispatcher was found; it must be within one minor version of Kubernetes 1.34',
  ],
  [{ helm: 'v3.16.4' }, 'helm 3.16.4 was found; 3.17 or newer, or 4.x is needed'],
  [{ helm: 'v5.0.0' }, 'helm 5.0.0 was found; 3.17 or newer, or 4.x is needed'],
  [
    { helm: 'nonsense' },
    'helm: its version is not readable ("nonsense"); 3.17 or newer, or 4.x is needed',
  ],
])('a tool that does not fit is named with what is wanted: %j', async (changes, message) => {
  expect((await refusal(tools(changes))).message).toBe(message);
});

it('everything that is wrong is said at once', async () => {
  const missing = new PreconditionError('talosctl was not found', 'Install it: https://t');
  const broken = toolError('segmentation fault');
  const error = await refusal(tools({ talosctl: missing, kubectl: broken, helm: 'v3.9.0' }));
  expect(error.message.split('\n')).toEqual([
    'talosctl was not found',
    'talosctl version',
    '  exit code 1',
    '  segmentation fault',
    'helm 3.9.0 was found; 3.17 or newer, or 4.x is needed',
  ]);
  expect(error.hint).toContain('Install it: https://t');
});
