/** What a command line says of its output; errors in the command line itself obey it, too. */
export interface OutputWishes {
  readonly json: boolean;
  readonly jsonProgress: boolean;
  readonly verbose: boolean;
}

/** Reads the wishes without reading the options. What comes after `--` is another program's. */
export function outputWishes(args: readonly string[]): OutputWishes {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const isJson = (word: string, at: number): boolean =>
    word === '--progress=json' || (word === '--progress' && own[at + 1] === 'json');
  return {
    json: own.includes('--json'),
    jsonProgress: own.some(isJson),
    verbose: own.includes('--verbose') || own.includes('-v'),
  };
}
