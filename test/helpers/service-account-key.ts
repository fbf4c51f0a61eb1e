import { generateKeyPairSync } from 'node:crypto';

/** One key for all test clusters of a process: making one of 4096 bits takes a second. */
export const serviceAccountKey: string = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;
