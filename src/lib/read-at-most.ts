import { open } from 'node:fs/promises';

const partSize = 64 * 1024;

/** The beginning of a file, somewhat more than `most` at most: it may be a device that never ends. */
export async function readAtMost(path: string, most: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const parts: Buffer[] = [];
    for (let length = 0; length <= most; length += parts.at(-1)?.length ?? 0) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(partSize) });
      if (bytesRead === 0) break;
      parts.push(buffer.subarray(0, bytesRead));
    }
    return Buffer.concat(parts);
  } finally {
    await file.close();
  }
}
