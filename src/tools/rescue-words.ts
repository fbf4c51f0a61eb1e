/* What the tools of the rescue system say, of curl 7.88, xz 5.4, bash 5.2 and dd of coreutils 9.1. */

/** How the stages of a pipe ended. */
export function stagesOf(stdout: string): readonly number[] | undefined {
  // Others write to the same place, and progress has no end of line.
  const [, numbers] = /stages ([\d ]+)/.exec(stdout) ?? [];
  return numbers?.trim().split(' ').map(Number);
}

/** A sum with a word before it. */
export function sumOf(stdout: string, what: 'disk' | 'packed'): string | undefined {
  return new RegExp(`${what} ([0-9a-f]{64}) `).exec(stdout)?.[1];
}

/** dd's last line; one that shows its progress has many before it. */
export function copiedBytes(said: string): number | undefined {
  const [, bytes] = [...said.matchAll(/(\d+) bytes? [^\r\n]*copied/g)].at(-1) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

export function announcedBytes(stdout: string): number | undefined {
  const [, bytes] = /^content-length: *(\d+)/im.exec(lastAnswer(stdout)) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

/** Of the last answer. */
export function contentType(stdout: string): string | undefined {
  return /^content-type: *([\w./+-]+)/im.exec(lastAnswer(stdout))?.[1];
}

/** Those before it lead elsewhere. */
function lastAnswer(stdout: string): string {
  return stdout.slice(Math.max(0, stdout.lastIndexOf('HTTP/')));
}

/** Of the last answer. */
export function lastStatus(stdout: string): number | undefined {
  const [, status] = [...stdout.matchAll(/^HTTP\/[\d.]+ (\d{3})/gm)].at(-1) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** What a tool said of itself; all lines of others are its neighbours'. */
export function lineOf(stderr: string, tool: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.startsWith(`${tool}: `));
  return lines[0]?.trim() ?? lastLine(stderr) ?? `${tool} did not say why`;
}

/** The last line that is not empty. */
export function lastLine(text: string): string | undefined {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1);
}

/** A command that the shell did not find, in bash's words: `oxide: line 1: xz: command not found`. */
export function notFound(stderr: string): string | undefined {
  return /: ([\w.-]+): command not found/.exec(stderr)?.[1];
}
