import { createCipheriv, createHash } from 'node:crypto';
import { pack } from './xz/pack.js';

/** Which image it is. */
export interface ImageIdentity {
  /** The full id of what it has beyond Talos. */
  readonly schematic: string;
  /** With the leading `v`. */
  readonly talosVersion: string;
  readonly architecture: 'x86' | 'arm';
}

/** Small, and large enough to come in many parts: a real one is about a gigabyte. */
export const imageBytes = 512 * 1024;
const headerBytes = 512;
const title = 'simulated Talos disk image';

/** The disk image: a header that says which one it is, then bytes that only this one has. */
export function diskImage(identity: ImageIdentity): Buffer {
  const image = Buffer.alloc(imageBytes);
  const { schematic, talosVersion, architecture } = identity;
  image.write(`${title}\n${talosVersion}\n${architecture}\n${schematic}\n`);
  const digest = createHash('sha256').update(image.subarray(0, headerBytes)).digest();
  const cipher = createCipheriv('aes-128-ctr', digest.subarray(0, 16), digest.subarray(16));
  cipher.update(image.subarray(headerBytes)).copy(image, headerBytes);
  return image;
}

/** The image that a disk begins with; undefined unless it is there whole and unchanged. */
export function imageOn(disk: Buffer): ImageIdentity | undefined {
  const lines = disk.subarray(0, headerBytes).toString('latin1').split('\n');
  const [first, talosVersion = '', architecture, schematic = ''] = lines;
  if (first !== title || (architecture !== 'x86' && architecture !== 'arm')) return undefined;
  const identity: ImageIdentity = { schematic, talosVersion, architecture };
  return diskImage(identity).equals(disk.subarray(0, imageBytes)) ? identity : undefined;
}

/** What was asked for last: a build asks for the same one again and again. */
let last: { readonly key: string; readonly packed: Buffer } | undefined;

/** The image as the factory serves it, packed by xz. */
export function packedImage(identity: ImageIdentity): Buffer {
  const key = JSON.stringify(identity);
  if (last?.key !== key) last = { key, packed: pack(diskImage(identity)) };
  return last.packed;
}
