import type { ToolName, ToolOutput } from './invocation.js';

/** What each tool says beside its errors, and where in its output a cause stands. */
export interface OutputForm {
  /** Lines that are never the cause: progress, logs, advice. */
  readonly noise: readonly RegExp[];
  /** The first line of a cause; without one, all that is left is taken for it. */
  readonly start?: RegExp;
  /** Everything from here on explains nothing. */
  readonly end?: RegExp;
  /** What follows the last of these lines says it best, without those that are indented. */
  readonly last?: RegExp;
  /** Lines that warn, of calls that succeeded; the text is in the group. */
  readonly warnings: readonly RegExp[];
}

/** `I1128 18:54:22.392043   31492 warnings.go:107] …`: how Kubernetes' own code logs. */
const kubernetesLog = /^[IWEF]\d{4} [\d:.]+\s+\d+ \S+\] /;
const loggedWarning = /^[IWEF]\d{4} [\d:.]+\s+\d+ \S+\] "Warning: (.+)"$/;

/** The forms of the three tools. */
export const outputForms: Readonly<Record<ToolName, OutputForm>> = {
  talosctl: {
    noise: [/^generating PKI and tokens$/, /^WARNING: /, /^Signal received, aborting/],
    // Appended when the error holds the word "flag", "command" or "arg(s)" (cmd/talosctl/cmd/root.go).
    end: /^Usage:$/,
    warnings: [/^WARNING: (.+)$/],
  },
  kubectl: {
    noise: [kubernetesLog, /^Warning: /, /^See '.+' for usage\.$/],
    start:
      /^(error: |error when |Error from server|Unable to connect to the server|The connection to the server|The \S+ ".+" is invalid)/,
    last: /^There are pending nodes to be drained:$/,
    warnings: [/^Warning: (.+)$/],
  },
  helm: {
    noise: [kubernetesLog, /^(time=\S+ )?level=[A-Z]+ msg=/],
    start: /^Error: /,
    warnings: [loggedWarning, /^(?:time=\S+ )?level=WARN msg=(.+)$/],
  },
};

/** Nobody needs to hear of these: they say what oxide asked for. */
export const expectedWarnings = [
  /ignoring DaemonSet-managed Pods: /,
  /deleting Pods that declare no controller: /,
  // Of several nodes some did not answer (talosctl up to 1.13); their absence in the answer tells.
  /\b\d+ errors? occurred:$/,
];

/** The lines in which a tool says why it failed; empty when it said nothing. */
export function causeLines(tool: ToolName, { stdout, stderr }: ToolOutput): readonly string[] {
  const { noise, start, end, last } = outputForms[tool];
  const all = linesOf(stderr.trim() === '' ? spoken(stdout) : stderr);
  const lines = end && all.some((line) => end.test(line)) ? all.slice(0, indexOf(all, end)) : all;
  const said = lines.filter((line) => !noise.some((pattern) => pattern.test(line)));
  const after = last ? said.slice(said.findLastIndex((line) => last.test(line)) + 1) : said;
  const final = after.filter((line) => !/^\s/.test(line));
  if (after.length < said.length && final.length > 0) return final;
  const first = start ? indexOf(said, start) : 0;
  return first < 0 ? said : said.slice(first);
}

/** What a call warned of that succeeded, each text once. */
export function warningsOf(tool: ToolName, { stderr }: ToolOutput): readonly string[] {
  const texts = linesOf(stderr).flatMap((line) => {
    const text = outputForms[tool].warnings.map((pattern) => pattern.exec(line)?.[1]).find(Boolean);
    return text === undefined || expectedWarnings.some((pattern) => pattern.test(text))
      ? []
      : [text];
  });
  return [...new Set(texts.map((text) => text.replaceAll('\\"', '"')))];
}

/** Standard output is data, which may hold secrets and is no explanation, unless it is plain text. */
function spoken(stdout: string): string {
  return /^\s*[[{]/.test(stdout) ? '' : stdout;
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

function indexOf(lines: readonly string[], pattern: RegExp): number {
  return lines.findIndex((line) => pattern.test(line));
}

/**
 * One line for a cause of several: `error getting version: 1 error occurred: * 10.0.1.5: …`.
 * `/readyz` lists every check in one; only those that failed are of interest.
 */
export function inOneLine(cause: readonly string[]): string {
  const [first = '', ...rest] = cause;
  const open = /[:,]$/.test(first) ? [first, ...rest.map((line) => line.trim())] : [first];
  const text = open.join(' ').replace(/^(error|Error): /, '');
  const failed = failedChecks(text);
  return shortened(failed ?? text, 400);
}

/** The checks of `/readyz` that failed: `not ready: etcd, poststarthook/rbac/bootstrap-roles`. */
export function failedChecks(text: string): string | undefined {
  if (!text.includes('[+]') && !text.includes('[-]')) return undefined;
  const failed = [...text.matchAll(/\[-\](\S+) failed/g)].map(([, name]) => name);
  return failed.length === 0 ? undefined : `not ready: ${failed.join(', ')}`;
}

export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
