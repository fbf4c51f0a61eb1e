import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let known: string | undefined;

/** One key for all test clusters of a run: making one of 4096 bits takes a second. */
export function serviceAccountKey(): string {
  const folder = process.env['OXIDE_TEST_FOLDER'];
  return (known ??= folder === undefined ? newKey() : readFileSync(fileIn(folder), 'utf8'));
}

/** Once a test run: makes the key, where all processes of the run find it. */
export function keepServiceAccountKey(folder: string): void {
  writeFileSync(fileIn(folder), newKey(), { mode: 0o600 });
}

function fileIn(folder: string): string {
  return join(folder, 'service-account.pem');
}

function newKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey;
}
