import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

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
    integer(0),
    sequence(
      set(sequence(oid('2.5.4.10'), text(content.organization))),
      set(sequence(oid('2.5.4.3'), text(content.commonName))),
    ),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa0, extensionRequest(content)),
  );
  const signature = sign('sha256', info, keys.privateKey);
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const whole = sequence(info, algorithm, tagged(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.trimEnd()}\n-----END CERTIFICATE REQUEST-----\n`;
}

function extensionRequest({ names, addresses }: RequestContent): Buffer {
  const alternatives = sequence(
    ...names.map((name) => tagged(0x82, Buffer.from(name))),
    ...addresses.filter(isIPv4).map((ip) => tagged(0x87, Buffer.from(ip.split('.').map(Number)))),
  );
  const extension = sequence(oid('2.5.29.17'), tagged(0x04, alternatives));
  return sequence(oid('1.2.840.113549.1.9.14'), set(sequence(extension)));
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);
const integer = (value: number): Buffer => tagged(0x02, Buffer.from([value]));
const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value));

/** The number of something in the tree of all names. */
function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}
