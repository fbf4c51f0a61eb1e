import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, der, integer, octets, oid, sequence, setOf, text } from '../../der.js';

/** What a kubelet asks a certificate for. */
export interface RequestContent {
  readonly organization: string;
  readonly commonName: string;
  readonly names: readonly string[];
  /** IPv4. */
  readonly addresses: readonly string[];
}

/** One key for all: nobody ever speaks to these kubelets. */
let keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

/** A certificate request (PKCS #10) in PEM, as a kubelet makes it: RFC 2986, with names as RFC 5280 has them. */
export function certificateRequest(content: RequestContent): string {
  keys ??= generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const info = sequence(
    integer(Buffer.from([0])),
    sequence(
      setOf(sequence(oid('2.5.4.10'), text(content.organization))),
      setOf(sequence(oid('2.5.4.3'), text(content.commonName))),
    ),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa0, extensionRequest(content)),
  );
  const signature = sign('sha256', info, keys.privateKey);
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const whole = sequence(info, algorithm, bits(signature));
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.trimEnd()}\n-----END CERTIFICATE REQUEST-----\n`;
}

function extensionRequest({ names, addresses }: RequestContent): Buffer {
  const alternatives = sequence(
    ...names.map((name) => der(0x82, Buffer.from(name))),
    ...addresses.filter(isIPv4).map((ip) => der(0x87, Buffer.from(ip.split('.').map(Number)))),
  );
  const extension = sequence(oid('2.5.29.17'), octets(alternatives));
  return sequence(oid('1.2.840.113549.1.9.14'), setOf(sequence(extension)));
}
