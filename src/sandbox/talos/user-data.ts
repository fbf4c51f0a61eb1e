import { gunzipSync } from 'node:zlib';

const gzipMagic = Buffer.from([0x1f, 0x8b]);

/**
 * The text in a server's user_data. Talos' hcloud platform takes plain text, base64 and gzip, in
 * any nesting (Talos source, pkg/platforms/hcloud and download.go).
 */
export function readUserData(userData: string): string {
  let data = Buffer.from(userData, 'utf8');
  for (let depth = 0; depth < 3; depth++) {
    if (data.subarray(0, 2).equals(gzipMagic)) {
      data = gunzipSync(data);
      continue;
    }
    const text = data.toString('latin1').trim();
    if (text === '' || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(text)) break;
    data = Buffer.from(text, 'base64');
  }
  return data.toString('utf8');
}
