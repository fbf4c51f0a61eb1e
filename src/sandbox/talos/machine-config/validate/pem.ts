import { X509Certificate, createPrivateKey } from 'node:crypto';
import { text, type Mapping } from '../values.js';

/** Whether a text holds one certificate in PEM at least. */
export function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Whether a text holds a private key in PEM. */
export function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}

/** What is wrong with a certificate and its key that are written as PEM; they are also loaded. */
export function pairObjection({ cert, key }: Mapping, isLoaded: boolean): string | undefined {
  if (text(cert) === '') return 'certificate is required';
  if (text(key) === '') return 'key is required';
  const certificate = pemObjection(text(cert), 'CERTIFICATE');
  if (certificate !== undefined) return `certificate: ${certificate}`;
  const ofKey = pemObjection(text(key));
  if (ofKey !== undefined) return `key: ${ofKey}`;
  if (!isLoaded) return undefined;
  if (!isCertificate(text(cert))) return 'certificate is invalid: x509: malformed certificate';
  return isPrivateKey(text(key)) ? undefined : 'key is invalid: failed to parse PEM block';
}

/** What is wrong with blocks of PEM; all are to be of the wanted type. */
export function pemObjection(pem: string, wanted?: string): string | undefined {
  const blocks = [...pem.matchAll(/-----BEGIN ([^-]+)-----\n([A-Za-z0-9+/=\s]*)-----END/g)];
  const other = blocks.find(([, type]) => wanted !== undefined && type !== wanted);
  if (other) {
    return `unexpected PEM block type "${other[1] ?? ''}", expected one of ["${wanted ?? ''}"]`;
  }
  return blocks.length === 0 ? 'no PEM blocks found' : undefined;
}
