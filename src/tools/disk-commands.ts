import { inQuotes, quote } from '../lib/shell.js';
import type { RemoteOutput } from './ssh.js';

/*
 * What is run in the rescue system to write the image of a disk, and what it says. All stages of a
 * pipe tell how they ended: dd is content with what a cut download left, and only xz complains.
 */

/** A server's first disk, at Hetzner as in the rescue system. */
export const firstDisk = '/dev/sda';

/** The disk with its parts, its bytes, and where each is mounted. */
export const lookAtDisk = `lsblk -bnro NAME,TYPE,SIZE,MOUNTPOINT ${firstDisk}`;

/** Nothing of what was there stays: a snapshot is paid by what is in use. */
export const discardDisk = `blkdiscard ${firstDisk}`;

const writeScript = [
  'export LC_ALL=C; exec 3>&1;',
  'curl -fsSL --connect-timeout 10 --speed-limit 10240 --speed-time 30 -D >(cat >&3) "$1" |',
  'dd bs=1M iflag=fullblock status=progress 2>&3 |',
  'tee >(sha256sum | sed "s/^/packed /" >&3) |',
  'xz -dc |',
  'tee >(sha256sum | sed "s/^/disk /" >&3) |',
  'dd of="$2" bs=4M iflag=fullblock conv=fsync;',
  'echo stages ${PIPESTATUS[*]}',
].join(' ');

const writeStages = ['curl', 'dd', 'tee', 'xz', 'tee', 'dd to the disk'];

/** Downloads an image and writes it, while both the download and the image are reckoned up. */
export function writeDisk(url: string, disk = firstDisk): string {
  return script(writeScript, url, disk);
}

const readScript = [
  'export LC_ALL=C;',
  // Past the cache of the system: what the disk has.
  'dd if="$1" bs=4M iflag=direct,count_bytes count="$2" status=none | sha256sum;',
  'echo stages ${PIPESTATUS[*]}',
].join(' ');

/** The sum of the first bytes that the disk has. */
export function readDisk(bytes: number, disk = firstDisk): string {
  return script(readScript, disk, String(bytes));
}

function script(text: string, ...args: readonly string[]): string {
  return ['bash', '-c', inQuotes(text), 'oxide', ...args.map(quote)].join(' ');
}

export interface DiskSeen {
  readonly bytes: number;
  /** Where parts of it are mounted: then it is the disk of a system that runs. */
  readonly mounted: readonly string[];
}

/** What `lookAtDisk` said; undefined: there is no such disk. */
export function diskSeen({ stdout }: RemoteOutput): DiskSeen | undefined {
  // util-linux, lsblk --raw: columns are parted by one blank, an empty one at the end is none.
  const rows = stdout.split('\n').map((line) => line.split(' '));
  const disk = rows.find(([, type]) => type === 'disk');
  if (!disk || !Number.isSafeInteger(Number(disk[2]))) return undefined;
  const mounted = rows.flatMap(([, , , place = '']) => (place === '' ? [] : [place]));
  return { bytes: Number(disk[2]), mounted };
}

/** How far a write is. */
export interface WriteProgress {
  /** Of the download. */
  readonly bytes: number;
  /** Undefined: the server did not say. */
  readonly total: number | undefined;
  /** In dd's words: `112 MB/s`. */
  readonly speed: string | undefined;
}

/** What can be told from what `writeDisk` said so far. */
export function writeProgress(stdout: string): WriteProgress | undefined {
  const bytes = copiedBytes(stdout);
  if (bytes === undefined) return undefined;
  const [, speed] = [...stdout.matchAll(/copied, [^\r\n]*, ([\d.]+ \w*B\/s)/g)].at(-1) ?? [];
  return { bytes, total: announcedBytes(stdout), speed };
}

/** What a write came to. */
export type WriteOutcome = WrittenImage | WriteFailure;

export interface WrittenImage {
  /** Of the image, as it lies on the disk. */
  readonly bytes: number;
  readonly sha256: string;
  /** Of the download. */
  readonly packedBytes: number | undefined;
  readonly packedSha256: string;
}

export interface WriteFailure {
  readonly why: string;
  /** `again`: the network was at fault, or a cut download. */
  readonly remedy: 'again' | 'internet' | 'image' | 'disk' | 'tools';
}

/** Reads what `writeDisk` said when it had ended. Nothing but all stages with 0 and both sums is a success. */
export function writeOutcome(output: RemoteOutput): WriteOutcome {
  const { stdout, stderr } = output;
  const stages = stagesOf(stdout);
  if (stages?.length !== writeStages.length) {
    const said = lastLine(stderr) ?? 'it said nothing';
    return { why: `the rescue system did not run the commands: ${said}`, remedy: 'tools' };
  }
  const failure = failedWrite(stages, output);
  if (failure) return failure;
  const bytes = copiedBytes(stderr);
  const [sha256, packedSha256] = [sumOf(stdout, 'disk'), sumOf(stdout, 'packed')];
  if (bytes === undefined || bytes === 0 || sha256 === undefined || packedSha256 === undefined) {
    return { why: 'nothing was written, and no stage says why', remedy: 'again' };
  }
  if (bytes % sector !== 0) {
    const why = `it unpacks to ${bytes} bytes, which are no whole sectors: it is no image of a disk`;
    return { why, remedy: 'image' };
  }
  const [packedBytes, announced] = [copiedBytes(stdout), announcedBytes(stdout)];
  if (announced !== undefined && packedBytes !== announced) {
    const why = `${packedBytes ?? 0} of ${announced} bytes came`;
    return { why: `the download was cut: ${why}`, remedy: 'again' };
  }
  return { bytes, sha256, packedBytes, packedSha256 };
}

/** Bytes; what is read past the cache has to be whole ones. */
const sector = 512;
const notFound = 127;
/** curl(1): could not resolve, could not connect, timed out. */
const noWay: readonly number[] = [5, 6, 7, 28];
/** curl(1), -f: the server answered 400 or above. */
const refused = 22;

function failedWrite(
  stages: readonly number[],
  { stdout, stderr }: RemoteOutput,
): WriteFailure | undefined {
  if (stages.every((stage) => stage === 0)) return undefined;
  const missing = stages.findIndex((stage) => stage === notFound);
  if (missing >= 0) {
    const name = writeStages[missing]?.split(' ')[0] ?? '';
    return { why: `the rescue system has no ${name}`, remedy: 'tools' };
  }
  const [curl = 0, , , xz = 0, , disk = 0] = stages;
  const said = (tool: string): string => lineOf(stderr, tool);
  const status = lastStatus(stdout);
  if (noWay.includes(curl) && status === undefined) {
    return { why: `the builder does not reach the image: ${said('curl')}`, remedy: 'internet' };
  }
  if (curl === refused) {
    const again = status === undefined || status >= 500 || status === 429;
    return { why: said('curl'), remedy: again ? 'again' : 'image' };
  }
  // What the disk does not take stops those before it as well.
  if (disk !== 0) return { why: `the disk was not written: ${said('dd')}`, remedy: 'disk' };
  if (curl !== 0) return { why: `the download was cut: ${said('curl')}`, remedy: 'again' };
  if (xz !== 0) return { why: `the image cannot be unpacked: ${said('xz')}`, remedy: 'again' };
  const which = stages.findIndex((stage) => stage !== 0);
  return { why: `${writeStages[which] ?? ''} ended with ${stages[which] ?? ''}`, remedy: 'again' };
}

/** What `readDisk` said: the sum; undefined: it could not read. */
export function sumOnDisk({ stdout }: RemoteOutput): string | undefined {
  const stages = stagesOf(stdout);
  if (!stages?.every((stage) => stage === 0)) return undefined;
  return /^([0-9a-f]{64}) /m.exec(stdout)?.[1];
}

function stagesOf(stdout: string): readonly number[] | undefined {
  // Others write to the same place, and progress has no end of line.
  const [, numbers] = /stages ([\d ]+)/.exec(stdout) ?? [];
  return numbers?.trim().split(' ').map(Number);
}

function sumOf(stdout: string, what: 'disk' | 'packed'): string | undefined {
  return new RegExp(`${what} ([0-9a-f]{64}) `).exec(stdout)?.[1];
}

/** dd's last line; one that shows its progress has many before it. */
function copiedBytes(said: string): number | undefined {
  const [, bytes] = [...said.matchAll(/(\d+) bytes? [^\r\n]*copied/g)].at(-1) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

/** Of the last answer: those before it lead elsewhere. */
function announcedBytes(stdout: string): number | undefined {
  const answer = stdout.slice(Math.max(0, stdout.lastIndexOf('HTTP/')));
  const [, bytes] = /^content-length: *(\d+)/im.exec(answer) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}

function lastStatus(stdout: string): number | undefined {
  const [, status] = [...stdout.matchAll(/^HTTP\/[\d.]+ (\d{3})/gm)].at(-1) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** What a tool said of itself; all lines of others are its neighbours'. */
function lineOf(stderr: string, tool: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.startsWith(`${tool}: `));
  return lines[0]?.trim() ?? lastLine(stderr) ?? `${tool} did not say why`;
}

function lastLine(text: string): string | undefined {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1);
}
