import { createHash, X509Certificate } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import { toYaml } from '../lib/yaml-text.js';

const talosconfigSchema = z.looseObject({
  context: z.string(),
  contexts: z.record(z.string(), z.looseObject({ ca: z.string(), crt: z.string() })),
});

/** How a talosconfig has to be. */
export interface TalosconfigWish {
  /** Name of the context. */
  readonly context: string;
  /** Public addresses of all control planes. */
  readonly endpoints: readonly string[];
  /** The node that is meant when a call names none. */
  readonly nodes: readonly string[];
}

/**
 * A talosconfig with one context: the given one's credentials, with name, endpoints and nodes of
 * the wish. Applied to its own result it changes nothing.
 */
export function adaptTalosconfig(text: string, wish: TalosconfigWish): string {
  const { context, endpoints, nodes } = wish;
  const credentials = currentContext(text);
  return toYaml({ context, contexts: { [context]: { ...credentials, endpoints, nodes } } });
}

function currentContext(text: string): { readonly ca: string; readonly crt: string } {
  const config = read(text, talosconfigSchema, 'talosconfig');
  const current = config.contexts[config.context];
  if (!current) throw unreadable('talosconfig');
  return current;
}

const kubeconfigSchema = z.looseObject({
  clusters: z
    .array(z.looseObject({ name: z.string(), cluster: z.looseObject({ server: z.string() }) }))
    .min(1),
  users: z
    .array(
      z.looseObject({
        name: z.string(),
        user: z.looseObject({ 'client-certificate-data': z.string() }),
      }),
    )
    .length(1),
});

export interface KubeconfigWish {
  /** Name of the context, of its cluster, and of its user with `admin@` in front. */
  readonly context: string;
  /** `https://203.0.113.7:6443`: an address that this machine reaches. */
  readonly server: string;
  /** Proxy that leads there; undefined: none. */
  readonly proxyUrl: string | undefined;
  /** More ways to the same cluster, each with a context of this name. */
  readonly others?: readonly { readonly name: string; readonly server: string }[];
}

/**
 * A kubeconfig with one context for each way: the given one's credentials, with names, servers and proxy of
 * the wish. Talos writes the cluster's private endpoint, which only the nodes reach. Applied to its own
 * result it changes nothing.
 */
export function adaptKubeconfig(text: string, wish: KubeconfigWish): string {
  const { context, server, proxyUrl, others = [] } = wish;
  const { clusters, users } = read(text, kubeconfigSchema, 'kubeconfig');
  const [cluster] = clusters;
  const [user] = users;
  if (!cluster || !user) throw unreadable('kubeconfig');
  const userName = `admin@${context}`;
  const ways = [{ name: context, server }, ...others];
  return toYaml({
    apiVersion: 'v1',
    kind: 'Config',
    // A value of undefined is left out when it is written.
    clusters: ways.map((way) => ({
      name: way.name,
      cluster: { ...cluster.cluster, server: way.server, 'proxy-url': proxyUrl },
    })),
    contexts: ways.map(({ name }) => ({
      name,
      context: { cluster: name, namespace: 'default', user: userName },
    })),
    'current-context': context,
    users: [{ name: userName, user: user.user }],
  });
}

/** The address of the Kubernetes API that a kubeconfig leads to. */
export function kubeconfigServer(text: string): string {
  const [cluster] = read(text, kubeconfigSchema, 'kubeconfig').clusters;
  return cluster?.cluster.server ?? '';
}

/** Whose nodes a talosconfig trusts: the fingerprint as `caFingerprint` has it. */
export function talosconfigFingerprint(text: string): string {
  return fingerprintOf(currentContext(text).ca, 'talosconfig');
}

/** When the talosconfig's client certificate ends to be valid. Talos gives it a year. */
export function talosconfigExpiry(text: string): Date {
  return expiryOf(currentContext(text).crt, 'talosconfig');
}

/** When the kubeconfig's client certificate ends to be valid. */
export function kubeconfigExpiry(text: string): Date {
  const [user] = read(text, kubeconfigSchema, 'kubeconfig').users;
  return expiryOf(user?.user['client-certificate-data'] ?? '', 'kubeconfig');
}

function expiryOf(base64: string, file: string): Date {
  return new Date(certificate(base64, file).validTo);
}

const secretsSchema = z.looseObject({
  certs: z.looseObject({ os: z.looseObject({ crt: z.string() }) }),
});

/**
 * Which cluster a secrets.yaml belongs to: the first 32 hex digits of the SHA-256 of the
 * certificate of its Talos certificate authority. Hetzner's label values end at 63 characters.
 */
export function caFingerprint(secretsYaml: string): string {
  return fingerprintOf(
    read(secretsYaml, secretsSchema, 'secrets.yaml').certs.os.crt,
    'secrets.yaml',
  );
}

function fingerprintOf(base64: string, file: string): string {
  const { raw } = certificate(base64, file);
  return createHash('sha256').update(raw).digest('hex').slice(0, 32);
}

/** Certificates in these files are PEM in base64. */
function certificate(base64: string, file: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw unreadable(file);
  }
}

/** What was read is never part of the error: these files are secrets. */
function read<S extends z.ZodType>(text: string, schema: S, file: string): z.output<S> {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    throw unreadable(file);
  }
  const checked = schema.safeParse(content);
  if (!checked.success) throw unreadable(file);
  return checked.data;
}

function unreadable(file: string): PreconditionError {
  return new PreconditionError(
    `the ${file} is not readable: it is cut off, or was changed by hand`,
    file === 'secrets.yaml'
      ? `Move it away and bring back your copy: ${oxide`secrets import FILE`}`
      : `It can be made anew: ${oxide`${file}`}`,
  );
}
