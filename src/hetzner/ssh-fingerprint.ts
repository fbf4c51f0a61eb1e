import { createHash } from 'node:crypto';

/** The fingerprint that Hetzner gives an SSH key: MD5 of its binary form, colon-separated hex. */
export function sshFingerprint(publicKey: string): string {
  const [, base64 = ''] = publicKey.trim().split(/\s+/);
  const digest = createHash('md5').update(Buffer.from(base64, 'base64')).digest('hex');
  return digest.match(/../g)?.join(':') ?? '';
}
