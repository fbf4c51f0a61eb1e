import type { WriteStream } from 'node:tty';

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

function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}
