import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { bits, der, integer, octets, oid, sequence, setOf, text, time, yes } from './der.js';

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

/** Makes a certificate (PEM), in the form of RFC 5280; node:crypto can only read them. */
export function issueCertificate(content: CertificateContent): string {
  const { signingKey, notBefore, lifetimeMs, publicKey, usage } = content;
  const isEdwards = signingKey.asymmetricKeyType === 'ed25519';
  const algorithm = sequence(oid(isEdwards ? '1.3.101.112' : '1.2.840.10045.4.3.2'));
  const extensions = usage === 'authority' ? authorityExtensions() : extensionsOf(content);
  const signed = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    // The first bit is 0 and the first byte is not: a positive number of constant length.
    integer(Buffer.from(`01${randomBytes(15).toString('hex')}`, 'hex')),
    algorithm,
    nameOf(content.issuer),
    sequence(time(notBefore), time(notBefore + lifetimeMs)),
    nameOf(content.subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign(isEdwards ? null : 'sha256', signed, signingKey);
  const base64 = sequence(signed, algorithm, bits(signature)).toString('base64');
  const lines = base64.match(/.{1,64}/g)?.join('\n') ?? '';
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** RFC 4519, "Schema for User Applications". */
const attributes: Readonly<Record<string, string>> = {
  ...{ CN: '2.5.4.3', C: '2.5.4.6', L: '2.5.4.7', ST: '2.5.4.8', O: '2.5.4.10', OU: '2.5.4.11' },
};

function nameOf(parts: NameParts): Buffer {
  return sequence(
    ...parts.map((part) =>
      setOf(
        ...Object.entries(part).flatMap(([name, values]) => {
          const attribute = attributes[name];
          if (attribute === undefined) throw new Error(`no certificate names a ${name} here`);
          return values.map((value) => sequence(oid(attribute), text(value)));
        }),
      ),
    ),
  );
}

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

function authorityExtensions(): Buffer[] {
  return [
    keyUsage(0b1000_0100, 2),
    extendedUsage(serverAuth, clientAuth),
    sequence(oid('2.5.29.19'), yes, octets(sequence(yes))),
    sequence(oid('2.5.29.14'), octets(octets(randomBytes(20)))),
  ];
}

function extensionsOf({ usage, sans }: CertificateContent): Buffer[] {
  const names = sans.map((san) =>
    isIP(san) === 0 ? der(0x82, Buffer.from(san)) : der(0x87, addressBytes(san)),
  );
  return [
    keyUsage(0b1000_0000, 7),
    extendedUsage(usage === 'client' ? clientAuth : serverAuth),
    ...(names.length > 0 ? [sequence(oid('2.5.29.17'), octets(sequence(...names)))] : []),
  ];
}

/** From the left: digital signature, …, and the sixth for the signing of certificates. */
function keyUsage(flags: number, unused: number): Buffer {
  return sequence(oid('2.5.29.15'), yes, octets(bits(Buffer.from([flags]), unused)));
}

function extendedUsage(...purposes: readonly string[]): Buffer {
  return sequence(oid('2.5.29.37'), octets(sequence(...purposes.map(oid))));
}

function addressBytes(address: string): Buffer {
  return Buffer.from(ipaddr.parse(address).toByteArray());
}
