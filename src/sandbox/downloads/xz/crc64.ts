/** The reflected polynomial of CRC-64/XZ, in two halves: JavaScript's integers for bits have 32. */
const polynomial = { high: 0xc96c5795, low: 0xd7870f42 };
const highs = new Int32Array(256);
const lows = new Int32Array(256);
for (let index = 0; index < 256; index++) {
  let [high, low] = [0, index];
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd) [high, low] = [high ^ polynomial.high, low ^ polynomial.low];
  }
  [highs[index], lows[index]] = [high, low];
}

/** The CRC-64 that xz checks its blocks with, as its eight bytes in the file. */
export function crc64(data: Uint8Array): Buffer {
  let [high, low] = [-1, -1];
  for (const byte of data) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (lows[index] ?? 0);
    high = (high >>> 8) ^ (highs[index] ?? 0);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(~low >>> 0, 0);
  bytes.writeUInt32LE(~high >>> 0, 4);
  return bytes;
}
