import { inQuotes, quote } from '../lib/shell.js';
import { announcedBytes, copiedBytes, stagesOf } from './rescue-words.js';
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

/** What `readDisk` said: the sum; undefined: it could not read. */
export function sumOnDisk({ stdout }: RemoteOutput): string | undefined {
  const stages = stagesOf(stdout);
  if (!stages?.every((stage) => stage === 0)) return undefined;
  return /^([0-9a-f]{64}) /m.exec(stdout)?.[1];
}
