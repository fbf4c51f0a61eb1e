import { randomBytes } from 'node:crypto';
import { getKeys } from 'micro-key-producer/ssh.js';
import { Secret } from '../lib/secret.js';

export interface SshKeyPair {
  /** In OpenSSH's own format, as `ssh -i` reads it. */
  readonly privateKey: Secret;
  /** `ssh-ed25519 AAAA… comment` */
  readonly publicKey: string;
}

/** A fresh ed25519 key pair without a passphrase. */
export function createSshKeyPair(comment: string): SshKeyPair {
  const { privateKey, publicKey } = getKeys(randomBytes(32), comment);
  return { privateKey: new Secret(privateKey), publicKey };
}

/** Whether these are the halves of one key. OpenSSH's private keys hold the public half in plain. */
export function isSshKeyPair(privateKey: string, publicKey: string): boolean {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*)-----END/.exec(privateKey)?.[1] ?? '';
  const publicHalf = Buffer.from(publicKey.trim().split(/\s+/)[1] ?? '', 'base64');
  return publicHalf.length > 0 && Buffer.from(body, 'base64').includes(publicHalf);
}
