import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { createAuthority, readCertificate, readPrivateKey, yearMs, type KeyPair } from '../pki.js';
import { listErrors } from '../talos/machine-config/multi-error.js';
import type { TalosctlIo } from './io.js';

/** base64 of PEM */
interface EncodedPair {
  crt: string;
  key: string;
}

/** The file that all secrets of a cluster are in. */
export interface SecretsBundle {
  cluster: { id: string; secret: string };
  secrets: { bootstraptoken: string; secretboxencryptionsecret: string };
  trustdinfo: { token: string };
  certs: {
    etcd: EncodedPair;
    k8s: EncodedPair;
    k8saggregator: EncodedPair;
    k8sserviceaccount: { key: string };
    os: EncodedPair;
  };
}

const tokenCharacters = '0123456789abcdefghijklmnopqrstuvwxyz';

/** New secrets: authorities of ten years, tokens and keys. */
export async function createSecrets(io: TalosctlIo): Promise<SecretsBundle> {
  const validity = { notBefore: io.now(), lifetimeMs: 10 * yearMs };
  const ecdsa = { algorithm: 'ecdsa-p256' as const, ...validity };
  const authority = io.createAuthority ?? createAuthority;
  const [etcd, k8s, aggregator, os, account] = await Promise.all([
    authority({ ...ecdsa, subject: { organizations: ['etcd'] } }),
    authority({ ...ecdsa, subject: { organizations: ['kubernetes'] } }),
    authority({ ...ecdsa, subject: {} }),
    authority({ algorithm: 'ed25519', ...validity, subject: { organizations: ['talos'] } }),
    (io.generateServiceAccountKey ?? rsaKey)(),
  ]);
  return {
    cluster: {
      id: randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
      secret: randomBytes(32).toString('base64'),
    },
    secrets: {
      bootstraptoken: token(),
      secretboxencryptionsecret: randomBytes(32).toString('base64'),
    },
    trustdinfo: { token: token() },
    certs: {
      etcd: encode(etcd),
      k8s: encode(k8s),
      k8saggregator: encode(aggregator),
      k8sserviceaccount: { key: base64(account) },
      os: encode(os),
    },
  };
}

/** What is wrong with a bundle, in talosctl's words; undefined when nothing is. */
export function secretsObjection(bundle: Partial<SecretsBundle>): string | undefined {
  const { cluster, secrets, trustdinfo, certs } = bundle;
  const errors: string[] = [];
  const demand = (value: string | undefined, message: string): void => {
    if (value === undefined || value === '') errors.push(message);
  };
  if (!cluster) errors.push('cluster is required');
  else {
    demand(cluster.id, 'cluster.id is required');
    demand(cluster.secret, 'cluster.secret is required');
  }
  if (!secrets) errors.push('secrets is required');
  else {
    demand(secrets.bootstraptoken, 'secrets.bootstraptoken is required');
    demand(
      secrets.secretboxencryptionsecret,
      'one of [secrets.secretboxencryptionsecret, secrets.aescbcencryptionsecret] is required',
    );
  }
  if (!trustdinfo) errors.push('trustdinfo is required');
  else demand(trustdinfo.token, 'trustdinfo.token is required');
  errors.push(...(certs ? certificateErrors(certs) : ['certs is required']));
  return errors.length > 0 ? listErrors(errors) : undefined;
}

function certificateErrors(certs: Partial<SecretsBundle['certs']>): string[] {
  const errors: string[] = [];
  for (const name of ['etcd', 'k8s', 'k8saggregator', 'os'] as const) {
    const pair = certs[name];
    if (!pair) errors.push(`certs.${name} is required`);
    else if (!isPair(pair)) errors.push(`certs.${name} is invalid: failed to parse PEM block`);
  }
  const account = certs.k8sserviceaccount;
  if (!account) errors.push('certs.k8sserviceaccount is required');
  else if (!isKey(account.key)) {
    errors.push('certs.k8sserviceaccount.key is invalid: failed to parse PEM block');
  }
  return errors;
}

function isPair({ crt, key }: Partial<EncodedPair>): boolean {
  try {
    readPrivateKey(decode(key));
    readCertificate(decode(crt));
    return true;
  } catch {
    return false;
  }
}

function isKey(key: string | undefined): boolean {
  try {
    readPrivateKey(decode(key));
    return true;
  } catch {
    return false;
  }
}

/** As long as Talos' own: it is a good part of a control plane's user data, whose size has a limit. */
async function rsaKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 4_096 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** `abcdef.0123456789abcdef` */
function token(): string {
  return `${randomText(6)}.${randomText(16)}`;
}

function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    const byte = randomBytes(1)[0] ?? 255;
    // 252 is a multiple of 36: above it some characters would come more often than others.
    if (byte < 252) text += tokenCharacters[byte % 36] ?? '';
  }
  return text;
}

function encode({ crt, key }: KeyPair): EncodedPair {
  return { crt: base64(crt), key: base64(key) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(text = ''): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
