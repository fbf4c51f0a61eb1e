import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { confirmAdmission } from '../../src/cli/confirm.js';
import type { CliIo } from '../../src/cli/io.js';

const options = { config: 'cluster.yaml', output: 'output' };

/** A terminal on which somebody types. */
function terminal(typed: string): { io: CliIo; written: string[] } {
  const written: string[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.end(typed);
  const output = { isTTY: true, write: (text: string) => written.push(text) > 0 };
  const { signal } = new AbortController();
  return { io: { env: {}, stdin, stdout: output, stderr: output, signal }, written };
}

describe('the question whether to admit this machine', () => {
  test.each([
    ['\n', 'add'],
    ['y\n', 'add'],
    [' Yes \n', 'add'],
    ['n\n', 'refuse'],
    ['no\n', 'refuse'],
    ['what?\n', 'refuse'],
  ])('is answered by %j with %s', async (typed, answer) => {
    const { io, written } = terminal(typed);
    expect(await confirmAdmission('Add it?', options, io)).toBe(answer);
    expect(written).toEqual(['Add it? [Y/n] ']);
  });

  test('breaks between words on a terminal that does not say how wide it is', async () => {
    const { io, written } = terminal('y\n');
    const question =
      'Your public address is 198.51.100.7 now; the firewall of "demo" admits 203.0.113.9/32. Add it?';
    await confirmAdmission(question, options, io);
    expect(written[0]?.split('\n')).toEqual([
      'Your public address is 198.51.100.7 now; the firewall of "demo" admits',
      '203.0.113.9/32. Add it? [Y/n] ',
    ]);
  });

  test('is answered by --yes without a word', async () => {
    const { io, written } = terminal('n\n');
    expect(await confirmAdmission('Add it?', { ...options, yes: true }, io)).toBe('add');
    expect(written).toEqual([]);
  });

  test('is refused where nobody can be asked', async () => {
    const { io } = terminal('y\n');
    const piped = { ...io, stderr: { ...io.stderr, isTTY: false } };
    expect(await confirmAdmission('Add it?', options, piped)).toBe('refuse');
  });
});
