import { expect, test } from 'vitest';
import { Secret } from '../../../src/lib/secret.js';
import type { StepIo } from '../../../src/lib/step.js';
import { fetchChosen } from '../../../src/steps/addons/downloads.js';
import type { FlowContext } from '../../../src/steps/run/context.js';
import type { Invocation } from '../../../src/tools/exec.js';
import { clusterOf } from '../../cluster/fixtures.js';
import { testFolder } from '../../helpers/cli.js';
import { toolError } from '../../tools/tool-error.js';

const config = clusterOf(
  1,
  1,
  'addons: { hcloud_ccm: { enabled: true }, traefik: { enabled: true } }',
);

/** No repository has any chart. */
const ctx = {
  config,
  clusterToken: { token: new Secret('a token'), source: 'a test' },
  endpoints: { charts: undefined },
  signal: new AbortController().signal,
  // As helm 4.2 says it.
  run: (invocation: Invocation) =>
    Promise.reject(
      toolError('Error: chart "traefik" version "41.3.0" not found in https://x repository', {
        invocation,
      }),
    ),
} as unknown as FlowContext;
const io = {} as unknown as StepIo;

const fetched = (name: string) => fetchChosen(ctx, { names: [name], folder: testFolder() }, io);

test('an optional chart that cannot be had is told, and ends nothing; a core one ends the run', async () => {
  expect(await fetched('traefik')).toMatchObject({
    charts: [],
    unfetched: [
      { name: 'traefik', reason: expect.stringContaining('version "41.3.0" not found') as string },
    ],
  });
  await expect(fetched('hcloud-ccm')).rejects.toThrow('helm pull');
});
