import { blockHeader, checksum, magic, padding, streamFlags, tail } from './container.js';
import { crc64 } from './crc64.js';

/** LZMA2 takes at most so much in one chunk that is stored as it is. */
const chunkSize = 64 * 1024;

/** A .xz file of one block whose content is stored and not compressed, which every xz unpacks. */
export function pack(content: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let from = 0; from < content.length; from += chunkSize) {
    const part = content.subarray(from, from + chunkSize);
    const head = Buffer.alloc(3);
    // The first chunk empties the dictionary.
    head.writeUInt8(from === 0 ? 1 : 2, 0);
    head.writeUInt16BE(part.length - 1, 1);
    chunks.push(head, part);
  }
  const data = Buffer.concat([...chunks, Buffer.from([0])]);
  const header = blockHeader();
  const unpadded = header.length + data.length + 8;
  return Buffer.concat([
    ...[magic, streamFlags, checksum(streamFlags)],
    ...[header, data, padding(data.length), crc64(content)],
    tail(unpadded, content.length),
  ]);
}
