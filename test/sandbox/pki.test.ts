import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  certificateFingerprint,
  createAuthority,
  createCertificate,
  yearMs,
  type KeyAlgorithm,
} from '../../src/sandbox/pki.js';

const notBefore = Date.UTC(2026, 0, 1);

function authority(algorithm: KeyAlgorithm): ReturnType<typeof createAuthority> {
  const subject = { organizations: ['talos'] };
  return createAuthority({ algorithm, subject, notBefore, lifetimeMs: 10 * yearMs });
}

describe.each(['ed25519', 'ecdsa-p256'] as const)('an authority with %s', (algorithm) => {
  it('signs certificates that Node verifies, with names and addresses', async () => {
    const issuer = await authority(algorithm);
    const { crt } = await createCertificate({
      issuer,
      subject: { organizations: ['system:masters'], commonName: 'admin' },
      usage: 'server',
      sans: ['203.0.113.7', 'fd00::1', 'api.example.com'],
      notBefore,
      lifetimeMs: yearMs,
    });
    const certificate = new X509Certificate(crt);
    expect(certificate.verify(new X509Certificate(issuer.crt).publicKey)).toBe(true);
    expect(certificate.subject).toBe('O=system:masters\nCN=admin');
    expect(certificate.issuer).toBe('O=talos');
    expect(certificate.checkIP('203.0.113.7')).toBe('203.0.113.7');
    expect(certificate.checkIP('203.0.113.8')).toBeUndefined();
    expect(certificate.checkHost('api.example.com')).toBe('api.example.com');
    expect(Date.parse(certificate.validTo)).toBe(notBefore + yearMs);
  });

  it('does not verify what another authority signed', async () => {
    const [one, other] = [await authority(algorithm), await authority(algorithm)];
    const { crt } = await createCertificate({
      issuer: one,
      subject: {},
      usage: 'client',
      notBefore,
      lifetimeMs: yearMs,
    });
    expect(new X509Certificate(crt).verify(new X509Certificate(other.crt).publicKey)).toBe(false);
    expect(certificateFingerprint(one.crt)).not.toBe(certificateFingerprint(other.crt));
  });
});
