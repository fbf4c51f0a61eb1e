import { createPublicKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { sshFingerprint } from '../../src/hetzner/ssh-fingerprint.js';
import { createSshKeyPair, isSshKeyPair } from '../../src/tools/ssh-key.js';

it('a key pair is fresh, in OpenSSH format, and does not print itself', () => {
  const pair = createSshKeyPair('oxide demo');
  expect(pair.publicKey).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\S{44} oxide demo$/);
  expect(pair.privateKey.reveal()).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n[^]+-----END/);
  expect(JSON.stringify(pair)).not.toContain('PRIVATE KEY');
  expect(createSshKeyPair('oxide demo').publicKey).not.toBe(pair.publicKey);
});

it('both halves belong together', () => {
  const pair = createSshKeyPair('demo');
  const blob = Buffer.from(pair.publicKey.split(' ')[1] ?? '', 'base64');
  const body = pair.privateKey.reveal().replaceAll(/-----[^-]+-----|\s/g, '');
  // The private file carries the public key's binary form as well.
  expect(Buffer.from(body, 'base64').includes(blob)).toBe(true);
  const x = blob.subarray(-32).toString('base64url');
  expect(createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }).type).toBe(
    'public',
  );
});

it('halves of different keys are told apart', () => {
  const [one, other] = [createSshKeyPair('demo'), createSshKeyPair('demo')];
  const privateKey = one.privateKey.reveal();
  expect(isSshKeyPair(privateKey, `${one.publicKey}\n`)).toBe(true);
  for (const wrong of [other.publicKey, '', 'ssh-ed25519', privateKey]) {
    expect(isSshKeyPair(privateKey, wrong), wrong).toBe(false);
  }
  expect(isSshKeyPair('', one.publicKey)).toBe(false);
});

it("Hetzner's fingerprint is the MD5 of the key's binary form", () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJAyYJzLvLKEiVUUUS1tTpK1VBDHM0xVn4BnVG0vwaLm me';
  expect(sshFingerprint(key)).toBe('6b:e9:67:20:bf:4d:4b:6f:44:5b:bf:46:b8:af:ff:e6');
  expect(sshFingerprint(`${key.split(' ').slice(0, 2).join(' ')}\n`)).toBe(
    '6b:e9:67:20:bf:4d:4b:6f:44:5b:bf:46:b8:af:ff:e6',
  );
});
