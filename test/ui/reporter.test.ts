import { describe, expect, it } from 'vitest';
import type { ReportEvent } from '../../src/lib/report.js';
import { createReporter, type ReporterOptions } from '../../src/ui/reporter.js';
import { looksOf, selectColor, selectMode } from '../../src/ui/terminal.js';
import { Screen } from './screen.js';

const start = (id: number, title: string): ReportEvent => ({ type: 'step-start', id, title });
const detail = (id: number, text: string, elapsedMs = 1_000): ReportEvent => ({
  type: 'step-detail',
  ...{ id, text, elapsedMs },
});
const done = (
  id: number,
  title: string,
  {
    elapsedMs = 2_100,
    summary,
    unmet = false,
  }: { elapsedMs?: number; summary?: string; unmet?: boolean } = {},
): ReportEvent => ({ type: 'step-done', id, title, elapsedMs, summary, unmet });

function play(
  events: readonly ReportEvent[],
  options: Partial<ReporterOptions> & { width?: number } = {},
): Screen {
  const screen = new Screen(options.width ?? 100);
  const reporter = createReporter({
    ...{ stream: screen, mode: 'tty', verbose: false, color: false },
    ...options,
  });
  for (const event of events) reporter.emit(event);
  reporter.stop();
  return screen;
}

/** What the screen shows after each event. */
function watch(events: readonly ReportEvent[], width: number): { frames: string[]; end: Screen } {
  const screen = new Screen(width);
  const reporter = createReporter({ stream: screen, mode: 'tty', verbose: false, color: true });
  const frames = events.map((event) => {
    reporter.emit(event);
    // A note makes the spinner's present line visible at once, without waiting for its timer.
    reporter.emit({ type: 'note', message: '-' });
    return screen.text.split('\n').at(-1) ?? '';
  });
  reporter.stop();
  return { frames, end: screen };
}

const run = [
  start(1, 'Create the private network'),
  done(1, 'Create the private network', { summary: '10.0.0.0/16' }),
  start(2, 'Create 3 control planes'),
  start(3, 'Create 3 workers'),
  detail(2, 'demo-cp-1: starting'),
  detail(3, 'demo-web-1: starting'),
  { type: 'warning', message: 'cx33 is scarce in nbg1' },
  done(3, 'Create 3 workers', { elapsedMs: 80_000 }),
  { type: 'step-failed', id: 2, title: 'Create 3 control planes', elapsedMs: 12_000 },
] as const satisfies readonly ReportEvent[];

describe('progress on a terminal', () => {
  it('leaves one line for each finished step, warning and failure', () => {
    expect(play(run).text).toBe(
      [
        '✔ Create the private network  10.0.0.0/16 (2.1s)',
        '⚠ cx33 is scarce in nbg1',
        '✔ Create 3 workers (1m 20s)',
        '✖ Create 3 control planes (12s)',
        '',
      ].join('\n'),
    );
  });

  it('shows all running steps with their facts where there is room', () => {
    expect(watch(run.slice(2, 6), 100).frames).toEqual([
      '* Create 3 control planes',
      '* Create 3 control planes · Create 3 workers',
      '* Create 3 control planes: demo-cp-1: starting · Create 3 workers',
      '* Create 3 control planes: demo-cp-1: starting · Create 3 workers: demo-web-1: starting',
    ]);
  });

  it('never wraps the spinner on a narrow terminal', () => {
    const { frames, end } = watch(
      [...run.slice(2, 6), detail(2, 'waiting: connection refused by 203.0.113.17:50000')],
      40,
    );
    expect(frames).toEqual([
      '* Create 3 control planes',
      '* Create 3 control planes +1 more',
      '* Create 3 control planes: … +1 more',
      '* Create 3 control planes: … +1 more',
      '* Create 3 control planes: … +1 more',
    ]);
    expect(end.wraps).toBe(0);
  });

  it('says how long a step has been waiting, also where the fact has to be cut', () => {
    const events = [start(1, 'Wait for Talos'), detail(1, 'connection refused by it', 125_000)];
    expect(watch(events, 100).frames.at(-1)).toBe(
      '* Wait for Talos (2m 05s): connection refused by it',
    );
    expect(watch(events, 40).frames.at(-1)).toBe('* Wait for Talos (2m 05s): connection …');
  });

  it('shows lines of tools as one, and their escape sequences as text', () => {
    const noisy = detail(1, 'error: \u001B[31mno route\u001B[0m\n\n  to host');
    expect(watch([start(1, 'Wait for Talos'), noisy], 100).frames.at(-1)).toBe(
      '* Wait for Talos: error: \\u001b[31mno route\\u001b[0m to host',
    );
  });

  it('shows a command in a fact as it is typed', () => {
    const fact = detail(1, 'look at it with \uFDD5oxide status\uFDD6');
    expect(watch([start(1, 'Wait for Talos'), fact], 100).frames.at(-1)).toBe(
      '* Wait for Talos: look at it with oxide status',
    );
  });

  it('keeps its own colours, and shows those of others as text', () => {
    let written = '';
    const stream = { write: (text: string) => ((written += text), true) };
    const reporter = createReporter({ stream, mode: 'plain', verbose: false, color: true });
    reporter.emit({ type: 'warning', message: 'kubectl said:\n\u001B[32m✔\u001B[39m done' });
    expect(written).toBe('\u001B[33m⚠\u001B[39m kubectl said:\n  \\u001b[32m✔\\u001b[39m done\n');
  });

  it('takes the spinner away when it is stopped in the middle of a step', () => {
    expect(play([start(1, 'Wait for Talos'), detail(1, 'booting')]).text).toBe('');
  });

  it('marks times that are simulated', () => {
    const events = [start(1, 'Boot'), done(1, 'Boot', { elapsedMs: 80_000 })];
    expect(play(events, { clockLabel: 'simulated' }).text).toBe('✔ Boot (1m 20s simulated)\n');
  });

  it('marks a step that did not get what it asked for', () => {
    const silent = done(1, 'Ask Talos', { summary: '0 of 3 control planes answer', unmet: true });
    expect(play([silent]).text).toBe('! Ask Talos  0 of 3 control planes answer (2.1s)\n');
  });

  it('keeps only what went otherwise above a result that says it all', () => {
    const silent = done(2, 'Ask Talos', { summary: '0 of 3 control planes answer', unmet: true });
    const events = [start(1, 'Look'), start(2, 'Ask Talos'), done(1, 'Look'), silent];
    expect(play(events, { brief: true }).text).toBe(
      '! Ask Talos  0 of 3 control planes answer (2.1s)\n',
    );
    expect(play(events, { brief: true, verbose: true }).text).toContain('✔ Look');
  });

  it('uses plain letters where there are no others', () => {
    const { text } = play([...run], { ascii: true });
    expect(text).toMatch(/^\p{ASCII}*$/u);
    expect(text).toContain('ok Create the private network');
    expect(text).toContain('failed: Create 3 control planes');
  });

  it('keeps a time on one line, and what came out below the title where both do not fit', () => {
    const event = done(1, 'Create the control planes', {
      elapsedMs: 80_000,
      summary: '3 of 3 made',
    });
    expect(play([event], { clockLabel: 'simulated', width: 40 }).text).toBe(
      [...['✔ Create the control planes', '  (1m 20s simulated)', '    3 of 3 made', '']].join(
        '\n',
      ),
    );
  });

  it('shows requests and tool calls only to those who ask', () => {
    const events = [{ type: 'debug', message: 'GET /servers 200' }] as const;
    expect(play(events).text).toBe('');
    expect(play(events, { verbose: true }).text).toBe('  GET /servers 200\n');
  });
});

describe('progress in a log', () => {
  const plain = (events: readonly (ReportEvent | { pass: number })[]): string => {
    const stream = new Screen(1_000);
    let time = 0;
    const reporter = createReporter({
      ...{ stream, mode: 'plain', verbose: false, color: false },
      now: () => time,
    });
    for (const event of events) {
      if ('pass' in event) time += event.pass;
      else reporter.emit(event);
    }
    reporter.stop();
    return stream.text;
  };

  it('has the lasting lines only, in plain text', () => {
    expect(plain(run)).toBe(play(run).text);
  });

  it('tells what a long step waits for and for how long, after a silence', () => {
    const log = plain([
      start(1, 'Wait for Talos'),
      detail(1, 'connection refused'),
      { pass: 14_000 },
      detail(1, 'connection refused'),
      { pass: 2_000 },
      detail(1, 'connection refused'),
      { pass: 20_000 },
      detail(1, 'connection refused', 37_000),
      detail(1, 'etcd is starting', 38_000),
      detail(1, 'etcd is starting up', 38_000),
      { pass: 59_000 },
      detail(1, 'etcd is starting', 97_000),
      { pass: 1_000 },
      detail(1, 'etcd is starting', 98_000),
      done(1, 'Wait for Talos', { elapsedMs: 99_000 }),
    ]);
    expect(log).toBe(
      [
        '  Wait for Talos: connection refused',
        '  Wait for Talos (38s): etcd is starting',
        '  Wait for Talos (1m 38s): etcd is starting',
        '✔ Wait for Talos (1m 39s)',
        '',
      ].join('\n'),
    );
  });
});

describe('the choice of a renderer', () => {
  it.each([
    [{ isTTY: true, columns: 80, env: {} }, 'tty'],
    [{ isTTY: true, columns: 80, env: { CI: 'false' } }, 'tty'],
    [{ isTTY: true, columns: 80, env: { CI: 'true' } }, 'plain'],
    [{ isTTY: true, columns: 0, env: {} }, 'plain'],
    [{ isTTY: true, columns: 80, env: { TERM: 'dumb' } }, 'plain'],
    [{ isTTY: undefined, columns: undefined, env: {} }, 'plain'],
  ] as const)('for %j is %s', (surroundings, mode) => {
    expect(selectMode(surroundings)).toBe(mode);
  });

  it.each([
    [{ isTTY: true, columns: 120 }, 120],
    [{ isTTY: true, columns: 0 }, 80],
    [{ isTTY: true }, 80],
    [{ columns: 120 }, undefined],
  ])('of the width for %j is %s', (stream, columns) => {
    expect(looksOf({ write: () => true, ...stream }, {}).columns).toBe(columns);
  });

  it.each([
    [{}, false],
    [{ LANG: 'C.UTF-8' }, false],
    [{ LANG: 'de_DE.utf8' }, false],
    [{ LANG: 'C' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, true],
    [{ LANG: 'C', LC_ALL: 'en_US.UTF-8' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C', LC_CTYPE: 'C.UTF-8' }, true],
    [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, true],
  ])('of plain letters for %j is %s', (env, ascii) => {
    expect(looksOf({ write: () => true }, env).ascii).toBe(ascii);
  });

  it.each([
    [{ isTTY: true, env: {} }, true],
    [{ isTTY: false, env: {} }, false],
    [{ isTTY: true, env: { NO_COLOR: '1' } }, false],
    [{ isTTY: true, env: { NO_COLOR: '' } }, true],
    [{ isTTY: false, env: { FORCE_COLOR: '1' } }, true],
    [{ isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    [{ isTTY: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, true],
  ] as const)('of colours for %j is %s', (surroundings, color) => {
    expect(selectColor(surroundings)).toBe(color);
  });
});
