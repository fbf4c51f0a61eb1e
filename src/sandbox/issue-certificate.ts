import { randomBytes, sign, type KeyObject, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
// Before x509, which needs it while it loads.
import './reflect.js';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';

/** The parts of a distinguished name, in order. */
export type NameParts = Record<string, string[]>[];

/** What a certificate says, and who signs it. */
export interface CertificateContent {
  readonly subject: NameParts;
  readonly issuer: NameParts;
  /** Simulated or real ms since the epoch. */
  readonly notBefore: number;
  readonly lifetimeMs: number;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly usage: 'authority' | 'client' | 'server';
  /** Names and addresses that it is valid for. */
  readonly sans: readonly string[];
}

/** Makes a certificate (PEM). */
export async function issueCertificate(content: CertificateContent): Promise<string> {
  const isEdwards = content.signingKey.asymmetricKeyType === 'ed25519';
  const certificate = await X509CertificateGenerator.create(
    {
      // The first bit is 0 and the first byte is not: a positive number of constant length.
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      subject: content.subject,
      issuer: content.issuer,
      notBefore: new Date(content.notBefore),
      notAfter: new Date(content.notBefore + content.lifetimeMs),
      publicKey: new Uint8Array(content.publicKey.export({ type: 'spki', format: 'der' })),
      signingKey: {
        algorithm: isEdwards
          ? { name: 'Ed25519' }
          : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
      },
      extensions: content.usage === 'authority' ? authorityExtensions() : extensionsOf(content),
    },
    signerWith(content.signingKey),
  );
  return `${certificate.toString('pem')}\n`;
}

function authorityExtensions(): Extension[] {
  return [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new BasicConstraintsExtension(true, undefined, true),
    new SubjectKeyIdentifierExtension(randomBytes(20).toString('hex')),
  ];
}

function extensionsOf({ usage, sans }: CertificateContent): Extension[] {
  const { clientAuth, serverAuth } = ExtendedKeyUsage;
  const extensions: Extension[] = [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([usage === 'client' ? clientAuth : serverAuth]),
  ];
  if (sans.length > 0) {
    extensions.push(
      new SubjectAlternativeNameExtension(
        sans.map((san) => ({ type: isIP(san) === 0 ? 'dns' : 'ip', value: san })),
      ),
    );
  }
  return extensions;
}

/**
 * The one operation of WebCrypto that the generator needs, done by node:crypto: WebCrypto's own
 * Ed25519 prints an experimental warning on some of the Node versions that oxide runs on.
 */
function signerWith(key: KeyObject): webcrypto.Crypto {
  const subtle = {
    sign: (_algorithm: unknown, _key: unknown, data: ArrayBuffer) => {
      const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
      const signature = sign(digest, new Uint8Array(data), { key, dsaEncoding: 'ieee-p1363' });
      return Promise.resolve(new Uint8Array(signature).buffer);
    },
  };
  return { subtle } as unknown as webcrypto.Crypto;
}
