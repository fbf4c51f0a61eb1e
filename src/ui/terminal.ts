import type { WriteStream } from 'node:tty';
import type { Looks } from './style.js';

/** Where text goes: a terminal, a pipe or a file. `process.stderr` is one. */
export interface OutputStream {
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** True for a stream whose cursor can be moved. */
export function isTerminal(stream: OutputStream): stream is WriteStream {
  return stream.isTTY === true && 'cursorTo' in stream;
}

/** Makes a terminal empty and starts again at its top. */
export const clearScreen = '\u001b[2J\u001b[H';

/** What a terminal counts as that does not say how wide it is. */
const usualWidth = 80;

/** How texts may look on a stream: what goes to no terminal is as wide as it is. */
export function looksOf(stream: OutputStream, env: Surroundings['env']): Looks {
  return {
    color: selectColor({ isTTY: stream.isTTY, env }),
    columns: columnsOf(stream),
    ascii: selectAscii(env),
  };
}

/** The width of a terminal at this moment; undefined for all else. */
export function columnsOf({ isTTY, columns }: OutputStream): number | undefined {
  return isTTY ? columns || usualWidth : undefined;
}

export type Mode = 'tty' | 'plain';

interface Surroundings {
  readonly isTTY: boolean | undefined;
  readonly columns: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A spinner needs a terminal that knows its width and is not the log of a CI job. */
export function selectMode({ isTTY = false, columns = 0, env }: Surroundings): Mode {
  return isTTY && columns > 0 && !isSet(env['CI']) && env['TERM'] !== 'dumb' ? 'tty' : 'plain';
}

/**
 * Whether to use colours: FORCE_COLOR decides, then NO_COLOR (https://no-color.org), as in Node;
 * without them a terminal gets colours and everything else none.
 */
export function selectColor({ isTTY = false, env }: Omit<Surroundings, 'columns'>): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced === '' || isSet(forced);
  if (env['NO_COLOR']) return false;
  return isTTY && env['TERM'] !== 'dumb';
}

/**
 * Whether only ASCII may be used: where the locale says so, or says another encoding than UTF-8. Most that
 * say nothing are containers and CI jobs, whose logs are UTF-8. The Linux console has next to no signs.
 */
function selectAscii(env: Surroundings['env']): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'UTF-8';
  return !/utf-?8/i.test(locale) || env['TERM'] === 'linux';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}
