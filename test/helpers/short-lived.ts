import '../../src/sandbox/reflect.js';
import { X509CertificateGenerator } from '@peculiar/x509';

/** A self-signed certificate that ends in so many days, as these files hold it: PEM in base64. */
export async function shortLived(days: number): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'O=system:masters, CN=admin',
    notAfter: new Date(Date.now() + days * 24 * 60 * 60_000),
    signingAlgorithm: algorithm,
    keys,
  });
  return Buffer.from(certificate.toString('pem')).toString('base64');
}
