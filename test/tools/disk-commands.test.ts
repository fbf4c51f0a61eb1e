import { describe, expect, test } from 'vitest';
import { diskSeen, sumOnDisk, writeDisk, writeProgress } from '../../src/tools/disk-commands.js';
import { writeOutcome } from '../../src/tools/write-outcome.js';

// What bash 5.2, curl 7.88.1, xz 5.4.1 and dd 9.1 (coreutils) said over OpenSSH 9.2p1, to a file for a disk.
const head =
  'HTTP/1.1 302 Found\r\nLocation: /full\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 30004840\r\n\r\n';
const front =
  '28+1 records in\n28+1 records out\n30004840 bytes (30 MB, 29 MiB) copied, 0.257957 s, 116 MB/s\n';
const packed = '3c80e3f51c64c50a1aed07c6613339770dffbb8bf9285171e2b6c4eda487e572';
const disk = '5aa72e4ee9111f412a20b518e8ff0d56f49a913e518fdb00af9abf02905dac75';
const sums = `packed ${packed}  -\ndisk ${disk}  -\n`;
const copied = (bytes: number) =>
  `11+1 records in\n11+1 records out\n${bytes} bytes (50 MB, 48 MiB) copied, 0.39124 s, 128 MB/s\n`;
const ended = (stages: string) => `stages ${stages}\n`;

describe('a write', () => {
  test('that went well has both sums and the bytes of the image', () => {
    const stdout = `${head}${front}${sums}${ended('0 0 0 0 0 0')}`;
    expect(writeOutcome({ stdout, stderr: copied(50_000_384), status: 0 })).toEqual({
      ...{ bytes: 50_000_384, sha256: disk, packedBytes: 30_004_840, packedSha256: packed },
    });
    expect(writeProgress(stdout)).toEqual({
      bytes: 30_004_840,
      total: 30_004_840,
      speed: '116 MB/s',
    });
  });

  test('is told from one whose sum stands right behind its progress', () => {
    const stdout = `${head}\r30004840 bytes (30 MB, 29 MiB) copied, 1 s, 30.0 MB/s${sums}${ended('0 0 0 0 0 0')}`;
    expect(writeOutcome({ stdout, stderr: copied(50_000_384), status: 0 })).toMatchObject({
      packedSha256: packed,
    });
  });

  test('of what is no image of a disk is refused: it could not be read back', () => {
    const stdout = `${head}${front}${sums}${ended('0 0 0 0 0 0')}`;
    expect(writeOutcome({ stdout, stderr: copied(50_000_000), status: 0 })).toEqual({
      why: 'it unpacks to 50000000 bytes, which are no whole sectors: it is no image of a disk',
      remedy: 'image',
    });
  });

  test('that a shell did not run says what the shell said', () => {
    const stderr = 'sh: 1: bash: not found\n';
    expect(writeOutcome({ stdout: '', stderr, status: 127 })).toMatchObject({
      why: 'the rescue system did not run the commands: sh: 1: bash: not found',
    });
  });

  // bash 5.2, curl 7.88.1, xz 5.4.1, dd 9.1; those of a full disk by a file system of that size.
  test.each([
    {
      stages: '18 0 0 1 0 0',
      stderr:
        'curl: (18) transfer closed with 12001936 bytes remaining to read\nxz: (stdin): Unexpected end of input\n',
      why: 'the download was cut: curl: (18) transfer closed with 12001936 bytes remaining to read',
      remedy: 'again',
    },
    {
      stages: '28 0 0 1 0 0',
      stderr:
        'curl: (28) Operation too slow. Less than 10240 bytes/sec transferred the last 30 seconds\nxz: (stdin): Unexpected end of input\n',
      why: 'the download was cut: curl: (28) Operation too slow. Less than 10240 bytes/sec transferred the last 30 seconds',
      remedy: 'again',
    },
    {
      head: '',
      stages: '28 0 0 1 0 0',
      stderr:
        'curl: (28) Operation too slow. Less than 10240 bytes/sec transferred the last 30 seconds\nxz: (stdin): File format not recognized\n',
      why: 'there was no answer',
      remedy: 'wait',
    },
    {
      head: '',
      stages: '28 0 0 1 0 0',
      stderr:
        'curl: (28) Failed to connect to 127.0.0.1 port 39331 after 2009 ms: Timeout was reached\nxz: (stdin): File format not recognized\n',
      why: 'the builder does not reach the image: curl: (28) Failed to connect to 127.0.0.1 port 39331 after 2009 ms: Timeout was reached',
      remedy: 'internet',
    },
    {
      head: '',
      stages: '6 0 0 1 0 0',
      stderr:
        'curl: (6) Could not resolve host: factory.talos.dev\nxz: (stdin): File format not recognized\n',
      why: 'the builder does not reach the image: curl: (6) Could not resolve host: factory.talos.dev',
      remedy: 'internet',
    },
    {
      head: 'HTTP/2 404 \r\n\r\n',
      stages: '22 0 0 1 0 0',
      stderr:
        'curl: (22) The requested URL returned error: 404\nxz: (stdin): File format not recognized\n',
      why: 'curl: (22) The requested URL returned error: 404',
      remedy: 'image',
    },
    {
      head: 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n',
      stages: '0 0 0 1 0 0',
      stderr: 'xz: (stdin): File format not recognized\n',
      why: 'there is a text (text/html) in place of the image',
      remedy: 'again',
    },
    {
      head: '',
      stages: '23 141 141 127 0 0',
      stderr:
        'oxide: line 1: xz: command not found\ncurl: (23) Failure writing output to destination\n',
      why: 'the rescue system has no xz',
      remedy: 'tools',
    },
    {
      stages: '23 141 141 141 141 1',
      stderr:
        "dd: error writing '/dev/sda': No space left on device\ncurl: (23) Failure writing output to destination\n",
      why: "the disk was not written: dd: error writing '/dev/sda': No space left on device",
      remedy: 'disk',
    },
    {
      stages: '23 141 1 0 0 0',
      stderr:
        "tee: 'standard output': No space left on device\ncurl: (23) Failure writing output to destination\n",
      why: "tee failed: tee: 'standard output': No space left on device",
      remedy: 'tools',
    },
  ])('whose stages ended with $stages is told by the one that ended first', (said) => {
    const { stages, why, remedy } = said;
    const stdout = `${said.head ?? head}${front}${ended(stages)}`;
    const stderr = `${said.stderr}${copied(50_000_384)}`;
    expect(writeOutcome({ stdout, stderr, status: 0 })).toEqual({ why, remedy });
  });

  test('quotes what stands in an address', () => {
    expect(writeDisk('https://x.example/$(reboot).xz')).toMatch(
      / oxide 'https:\/\/x\.example\/\$\(reboot\)\.xz' \/dev\/sda$/,
    );
  });
});

test('a disk of which nothing could be read has no sum', () => {
  // dd with iflag=direct on bytes that are no whole sectors.
  const stdout =
    '8db36ef22f1ada9ca92f91a07879153bb240c9f6156cb847310bc2049166f906  -\nstages 1 0\n';
  const stderr = "dd: error reading '/dev/sda': Invalid argument\n";
  expect(sumOnDisk({ stdout, stderr, status: 0 })).toBeUndefined();
  expect(sumOnDisk({ stdout: `${disk}  -\nstages 0 0\n`, stderr: '', status: 0 })).toBe(disk);
});

test('a disk that is in use is seen, also as a whole', () => {
  // lsblk of util-linux 2.38.1, --raw.
  const seen = (stdout: string) => diskSeen({ stdout, stderr: '', status: 0 });
  expect(seen('vda disk 274877906944 /\n')).toEqual({ bytes: 274_877_906_944, mounted: ['/'] });
  expect(seen('sda disk 40802189312 \nsda1 part 40523251200 \n')?.mounted).toEqual([]);
  expect(seen('')).toBeUndefined();
});
