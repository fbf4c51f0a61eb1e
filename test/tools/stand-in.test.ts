import { expect, test } from 'vitest';
import { InterruptedError } from '../../src/lib/errors.js';
import { realClock } from '../../src/lib/wait.js';
import { createToolRunner, ToolError, type RunTool } from '../../src/tools/exec.js';
import type { StandIn, StandInCall } from '../../src/tools/stand-in.js';

const call = { tool: 'talosctl', args: ['version'], env: { CALL: 'its own' } } as const;
const long = 60_000;

function runnerWith(standIn: StandIn, signal = new AbortController().signal): RunTool {
  // A process would fail: there is no such program.
  const none = { file: '/nowhere/at/all', args: [] };
  return createToolRunner({
    commands: { talosctl: { ...none, standIn }, kubectl: none, helm: none },
    env: { RUN: 'of all' },
    clock: realClock,
    signal,
  });
}

/** Never ends by itself. Tells how it was called, and that it was left. */
function hanging() {
  const seen: { call?: StandInCall } = {};
  let begun: () => void = () => undefined;
  const began = new Promise<void>((resolve) => (begun = resolve));
  const standIn: StandIn = (given) => {
    seen.call = given;
    begun();
    return new Promise(() => undefined);
  };
  return { standIn, began, isLeft: () => seen.call?.signal.aborted };
}

test('a stand-in is called in the place of a process, with the words and the environment of one', async () => {
  const calls: Pick<StandInCall, 'args' | 'env'>[] = [];
  const run = runnerWith(({ args, env }) => {
    calls.push({ args, env });
    return Promise.resolve({ exitCode: 0, stdout: 'v1\n', stderr: '' });
  });
  expect(await run({ ...call, timeoutMs: long })).toEqual({ stdout: 'v1\n', stderr: '' });
  expect(calls).toEqual([{ args: ['version'], env: { RUN: 'of all', CALL: 'its own' } }]);
});

test('its failure is that of a tool, in its own words', async () => {
  const run = runnerWith(() => Promise.resolve({ exitCode: 1, stdout: '', stderr: 'no nodes\n' }));
  const error: unknown = await run({ ...call, timeoutMs: long }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ToolError);
  expect(error).toMatchObject({
    message: expect.stringContaining('no nodes') as string,
    failure: { exitCode: 1, timedOut: false },
  });
});

test('it is given up at its deadline, and told so', async () => {
  const { standIn, isLeft } = hanging();
  const refused = runnerWith(standIn)({ ...call, timeoutMs: 1 });
  await expect(refused).rejects.toMatchObject({ failure: { timedOut: true } });
  expect(isLeft()).toBe(true);
});

test('it is given up when the run is interrupted, and told so', async () => {
  const interrupt = new AbortController();
  const { standIn, began, isLeft } = hanging();
  const refused = runnerWith(standIn, interrupt.signal)({ ...call, timeoutMs: long });
  await began;
  interrupt.abort(new InterruptedError());
  await expect(refused).rejects.toBeInstanceOf(InterruptedError);
  expect(isLeft()).toBe(true);
});
