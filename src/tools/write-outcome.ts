import {
  announcedBytes,
  contentType,
  copiedBytes,
  lastLine,
  lastStatus,
  lineOf,
  notFound,
  stagesOf,
  sumOf,
} from './rescue-words.js';
import type { RemoteOutput } from './ssh.js';

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
  /** `again`: the network was at fault, or a cut download. `wait`: there was no answer yet. */
  readonly remedy: 'again' | 'wait' | 'internet' | 'image' | 'disk' | 'tools';
}

/** Reads what `writeDisk` said when it had ended. Nothing but all stages with 0 and both sums is a success. */
export function writeOutcome(output: RemoteOutput): WriteOutcome {
  const { stdout, stderr } = output;
  const stages = stagesOf(stdout);
  if (stages?.length !== writeStages.length) {
    const said = lastLine(stderr) ?? 'it said nothing';
    return { why: `the rescue system did not run the commands: ${said}`, remedy: 'tools' };
  }
  // What stands behind a `>(…)` has no status of its own.
  const missing = notFound(stderr);
  if (missing !== undefined) {
    return { why: `the rescue system has no ${missing}`, remedy: 'tools' };
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

const writeStages = ['curl', 'dd', 'tee', 'xz', 'tee', 'dd'];

/** The stages that failed, and all that was said. */
interface Failed extends RemoteOutput {
  readonly stages: readonly number[];
}

function failedWrite(stages: readonly number[], output: RemoteOutput): WriteFailure | undefined {
  if (stages.every((stage) => stage === 0)) return undefined;
  const failed = { ...output, stages };
  // Whoever ends first ends those before it: nobody reads what they write.
  const first = stages.findIndex((status, index) => status !== 0 && !isUnread(index, status));
  const name = writeStages[first];
  const said = lineOf(output.stderr, name ?? '');
  if (first === 0) return failedDownload(failed);
  if (first === writeStages.length - 1) return failedDisk(said);
  if (name === 'xz') return failedUnpacking(failed);
  if (name !== undefined) return { why: `${name} failed: ${said}`, remedy: 'tools' };
  return { why: `the commands stopped each other: ${said}`, remedy: 'tools' };
}

/** What a stage ends with when the one behind it has ended: SIGPIPE, and curl's own status for it. */
function isUnread(index: number, status: number): boolean {
  return status === 141 || (index === 0 && status === 23);
}

/** curl(1): timed out. */
const timedOut = 28;
/** curl(1): could not resolve, could not connect, timed out. */
const noWay: readonly number[] = [5, 6, 7, timedOut];
/** curl(1), -f: the server answered 400 or above. */
const refused = 22;

function failedDownload({ stages: [curl = 0], stdout, stderr }: Failed): WriteFailure {
  const said = lineOf(stderr, 'curl');
  const status = lastStatus(stdout);
  // There is a connection, or curl would have given it up before.
  if (curl === timedOut && status === undefined && said.includes('Operation too slow')) {
    return { why: 'there was no answer', remedy: 'wait' };
  }
  if (noWay.includes(curl) && status === undefined) {
    return { why: `the builder does not reach the image: ${said}`, remedy: 'internet' };
  }
  if (curl === refused) {
    const again = status === undefined || status >= 500 || status === 429;
    return { why: said, remedy: again ? 'again' : 'image' };
  }
  return { why: `the download was cut: ${said}`, remedy: 'again' };
}

function failedUnpacking({ stdout, stderr }: Failed): WriteFailure {
  const type = contentType(stdout);
  if (type?.startsWith('text/')) {
    return { why: `there is a text (${type}) in place of the image`, remedy: 'again' };
  }
  return { why: `the image cannot be unpacked: ${lineOf(stderr, 'xz')}`, remedy: 'again' };
}

function failedDisk(said: string): WriteFailure {
  // strerror(ENOSPC), in the language that is asked for
  const isFull = said.includes('No space left on device');
  return { why: `the disk was not written: ${said}`, remedy: isFull ? 'disk' : 'tools' };
}
