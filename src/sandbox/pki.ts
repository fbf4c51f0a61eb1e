import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import type { CertificateContent, NameParts } from './issue-certificate.js';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly crt: string;
  readonly key: string;
}

export type KeyAlgorithm = 'ed25519' | 'ecdsa-p256';

/** The parts of a distinguished name that Talos and Kubernetes use. */
interface Subject {
  readonly organizations?: readonly string[];
  readonly commonName?: string;
}

interface Validity {
  /** Simulated or real ms since the epoch. */
  readonly notBefore: number;
  readonly lifetimeMs: number;
}

export interface AuthorityOptions extends Validity {
  readonly algorithm: KeyAlgorithm;
  readonly subject: Subject;
}

export interface CertificateOptions extends Validity {
  readonly issuer: KeyPair;
  readonly subject: Subject;
  readonly usage: 'client' | 'server';
  /** Names and addresses that the certificate is valid for. */
  readonly sans?: readonly string[];
}

/** How many keys, and how many certificates, are kept as they were read. */
const readKept = 100;

export const dayMs = 24 * 3_600 * 1_000;
export const yearMs = 365 * dayMs;

/** A new self-signed certificate authority. */
export async function createAuthority(options: AuthorityOptions): Promise<KeyPair> {
  const keys = generateKeys(options.algorithm);
  const subject = nameOf(options.subject);
  const { notBefore, lifetimeMs } = options;
  const crt = await issue({
    ...{ subject, issuer: subject, notBefore, lifetimeMs, usage: 'authority', sans: [] },
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
  });
  return { crt, key: privatePem(keys.privateKey) };
}

/** A new key with a certificate that the issuer signed; the key is of the issuer's kind. */
export async function createCertificate(options: CertificateOptions): Promise<KeyPair> {
  const signingKey = readPrivateKey(options.issuer.key);
  const keys = generateKeys(signingKey.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'ecdsa-p256');
  const issuer = readCertificate(options.issuer.crt);
  const { notBefore, lifetimeMs, usage, sans = [] } = options;
  const crt = await issue({
    ...{ notBefore, lifetimeMs, usage, sans, signingKey },
    subject: nameOf(options.subject),
    issuer: issuer.subject ? subjectLines(issuer.subject) : [],
    publicKey: keys.publicKey,
  });
  return { crt, key: privatePem(keys.privateKey) };
}

/** Loaded when it is needed: most calls of talosctl make none, and it is half of what they load. */
async function issue(content: CertificateContent): Promise<string> {
  const { issueCertificate } = await import('./issue-certificate.js');
  return issueCertificate(content);
}

/** Certificates that were read lately: every call of a node is checked with the same few. */
const readCertificates = new Map<string, X509Certificate>();

/** Reads a certificate (PEM). Throws when it is none. */
export function readCertificate(pem: string): X509Certificate {
  const known = readCertificates.get(pem);
  if (known) return known;
  const certificate = new X509Certificate(pem);
  if (readCertificates.size >= readKept) readCertificates.clear();
  readCertificates.set(pem, certificate);
  return certificate;
}

/** The organizations that a certificate (PEM) is for; Go writes several into one part of the name. */
export function organizationsOf(certificatePem: string): string[] {
  const { subject } = readCertificate(certificatePem);
  // A certificate without a subject has none here either, whatever the types say.
  const parts = subject ? subject.split(/\n| \+ /) : [];
  return parts.filter((part) => part.startsWith('O=')).map((part) => part.slice(2));
}

/** SHA-256 of the certificate, lower-case hex without colons. */
export function certificateFingerprint(certificatePem: string): string {
  return createHash('sha256').update(readCertificate(certificatePem).raw).digest('hex');
}

/** Keys that were read lately: a client that polls signs with the same one again and again. */
const readKeys = new Map<string, KeyObject>();

/** Reads a private key in any of the PEM forms that Talos writes. */
export function readPrivateKey(pem: string): KeyObject {
  const known = readKeys.get(pem);
  if (known) return known;
  // Talos labels PKCS#8 ed25519 keys "ED25519 PRIVATE KEY" (siderolabs/crypto, x509/constants.go).
  const key = createPrivateKey(pem.replaceAll('ED25519 PRIVATE KEY', 'PRIVATE KEY'));
  if (readKeys.size >= readKept) readKeys.clear();
  readKeys.set(pem, key);
  return key;
}

function generateKeys(algorithm: KeyAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  return algorithm === 'ed25519'
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function privatePem(key: KeyObject): string {
  if (key.asymmetricKeyType === 'ed25519') {
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    return pem.replaceAll('PRIVATE KEY', 'ED25519 PRIVATE KEY');
  }
  return key.export({ type: 'sec1', format: 'pem' }).toString();
}

function nameOf(subject: Subject): NameParts {
  const parts: NameParts = (subject.organizations ?? []).map((name) => ({ O: [name] }));
  if (subject.commonName !== undefined) parts.push({ CN: [subject.commonName] });
  return parts;
}

/** Node's `O=talos\nCN=x` form of a subject as the generator takes it. */
function subjectLines(subject: string): NameParts {
  return subject.split('\n').map((line) => {
    const equals = line.indexOf('=');
    return { [line.slice(0, equals)]: [line.slice(equals + 1)] };
  });
}

/** Signs text with a private key (PEM): base64. */
export function signText(text: string, keyPem: string): string {
  const key = readPrivateKey(keyPem);
  return sign(digestFor(key), Buffer.from(text), key).toString('base64');
}

/** The public key of a certificate. */
export function publicKeyOf(certificatePem: string): KeyObject {
  return readCertificate(certificatePem).publicKey;
}

/** The digest that node:crypto wants for a key of this kind. */
export function digestFor(key: KeyObject): string | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
