import { crc32 } from 'node:zlib';

/** The .xz file format, version 1.2.1: https://tukaani.org/xz/xz-file-format.txt */
export const magic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const footerMagic = Buffer.from('YZ');
/** No reserved bits, and CRC-64 as the check. */
export const streamFlags = Buffer.from([0x00, 0x04]);

export function checksum(data: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(data));
  return bytes;
}

/** Twelve bytes: one filter, LZMA2 with a dictionary of 64 KiB, and no sizes. */
export function blockHeader(): Buffer {
  const head = Buffer.from([0x02, 0x00, 0x21, 0x01, 0x08, 0x00, 0x00, 0x00]);
  return Buffer.concat([head, checksum(head)]);
}

/** Seven bits a byte, the lowest first. */
function multibyte(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

export const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);

/** What stands behind the blocks: the index of the only one, and the footer. */
export function tail(unpadded: number, size: number): Buffer {
  const records = Buffer.concat([Buffer.from([0, 1]), multibyte(unpadded), multibyte(size)]);
  const padded = Buffer.concat([records, padding(records.length)]);
  const index = Buffer.concat([padded, checksum(padded)]);
  const backward = Buffer.alloc(4);
  backward.writeUInt32LE(index.length / 4 - 1);
  const footer = Buffer.concat([backward, streamFlags]);
  return Buffer.concat([index, checksum(footer), footer, footerMagic]);
}
