import { createAuthority } from '../../src/sandbox/pki.js';

/** A certificate that ends in so many days, as these files hold it: PEM in base64. */
export async function shortLived(days: number): Promise<string> {
  const { crt } = await createAuthority({
    algorithm: 'ecdsa-p256',
    subject: { organizations: ['system:masters'], commonName: 'admin' },
    notBefore: Date.now(),
    lifetimeMs: days * 24 * 60 * 60_000,
  });
  return Buffer.from(crt).toString('base64');
}
