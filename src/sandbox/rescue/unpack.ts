import {
  blockHeader,
  checksum,
  magic,
  padding,
  streamFlags,
  tail,
} from '../downloads/xz/container.js';
import { crc64 } from '../downloads/xz/crc64.js';

/** Why xz stops, in its words. */
export class XzError extends Error {}

const headerLength = 24;

/** Unpacks a .xz file of stored chunks as it comes in; what is compressed is not known here. */
export class Unpacker {
  #rest = Buffer.alloc(0);
  #begun = false;
  #ended = false;
  #blockBytes = 12;
  readonly #content: Buffer[] = [];

  /** What can be unpacked with this part. */
  add(part: Buffer): Buffer {
    this.#rest = Buffer.concat([this.#rest, part]);
    const from = this.#content.length;
    this.#begin();
    while (this.#begun && !this.#ended && this.#chunk());
    return Buffer.concat(this.#content.slice(from));
  }

  /** Checks the end of the file. */
  end(): void {
    if (!this.#begun && this.#rest.length < magic.length)
      throw new XzError('File format not recognized');
    if (!this.#ended) throw new XzError('Unexpected end of input');
    const content = Buffer.concat(this.#content);
    const unpadded = this.#blockBytes + 8;
    const end = Buffer.concat([
      padding(this.#blockBytes - 12),
      crc64(content),
      tail(unpadded, content.length),
    ]);
    if (this.#rest.length < end.length) throw new XzError('Unexpected end of input');
    if (!this.#rest.equals(end)) throw new XzError('Compressed data is corrupt');
  }

  #begin(): void {
    const seen = Math.min(this.#rest.length, magic.length);
    if (this.#begun) return;
    if (!this.#rest.subarray(0, seen).equals(magic.subarray(0, seen))) {
      throw new XzError('File format not recognized');
    }
    if (this.#rest.length < headerLength) return;
    const head = Buffer.concat([magic, streamFlags, checksum(streamFlags), blockHeader()]);
    if (!this.#rest.subarray(0, headerLength).equals(head)) {
      throw new XzError('Unsupported options');
    }
    this.#rest = this.#rest.subarray(headerLength);
    this.#begun = true;
  }

  /** Takes the next chunk; false: it is not whole yet, or there are no more. */
  #chunk(): boolean {
    const [control] = this.#rest;
    if (control === undefined) return false;
    if (control === 0) {
      this.#take(1);
      this.#ended = true;
      return false;
    }
    if (control > 2) throw new XzError('Compressed data is corrupt');
    if (this.#rest.length < 3) return false;
    const length = this.#rest.readUInt16BE(1) + 1;
    if (this.#rest.length < 3 + length) return false;
    this.#content.push(this.#rest.subarray(3, 3 + length));
    this.#take(3 + length);
    return true;
  }

  #take(length: number): void {
    this.#rest = this.#rest.subarray(length);
    this.#blockBytes += length;
  }
}
