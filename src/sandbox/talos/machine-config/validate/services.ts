import { createPrivateKey } from 'node:crypto';
import { nanoseconds, quote } from '../layout/go-text.js';
import { parseUrl } from '../layout/go-url.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ConfigDocument } from '../types.js';
import { scoreObjection, triggerObjection } from './expressions.js';
import { isNegative } from './network.js';
import { isCertificate, pairObjection } from './pem.js';

type Check = (document: ConfigDocument, minor: number) => string[];

const shortestWatchdog = 10e9;

/** What is wrong with documents about registries, logs and other services, by their kind. */
export const serviceChecks: Readonly<Record<string, Check>> = {
  EnvironmentConfig: ({ body }) =>
    Object.keys(mapping(body['variables']))
      .filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      .map((name) => `invalid environment variable name: ${quote(name)}`),
  EventSinkConfig: ({ body }) => {
    const why = hostPortObjection(text(body['endpoint']));
    return why === undefined ? [] : [`event sink endpoint: ${why}`];
  },
  ExtensionServiceConfig: extensionErrors,
  KmsgLogConfig: kmsgErrors,
  OOMConfig: oomErrors,
  RegistryAuthConfig: ({ name = '', body }) => {
    const [user, token, auth] = ['username', 'identityToken', 'auth'].map(
      (f) => text(body[f]) !== '',
    );
    return [
      ...(name === '' ? ['name must be specified'] : []),
      ...(user === true && token === true
        ? ['only one of username/password or identityToken authentication can be specified']
        : []),
      ...(auth === true && (user === true || token === true)
        ? ['only one of auth, username/password or identityToken authentication can be specified']
        : []),
    ];
  },
  RegistryMirrorConfig: ({ name = '', body }) => [
    ...(name === '' ? ['name must be specified'] : []),
    ...list(body['endpoints']).flatMap((entry, index) => {
      const url = text(mapping(entry)['url']);
      if (url === '') return [`endpoints[${index}].url must be specified`];
      const scheme = schemeOf(url);
      if (scheme === 'http' || scheme === 'https') return [];
      return [`endpoints[${index}].url has unsupported scheme: ${quote(scheme)}`];
    }),
  ],
  RegistryTLSConfig: ({ name = '', body }, minor) => [
    ...(name === '' ? ['name must be specified'] : []),
    ...(text(body['ca']) !== '' && !isCertificate(text(body['ca']))
      ? ['ca must be a valid PEM-encoded certificate']
      : []),
    ...(body['clientIdentity'] === undefined
      ? []
      : identityErrors(mapping(body['clientIdentity']), minor)),
  ],
  SideroLinkConfig: ({ body }) => {
    const api = text(body['apiUrl']);
    if (api === '') return ['apiUrl is required'];
    if (!['https', 'grpc'].includes(schemeOf(api))) {
      return ['apiUrl scheme must be https:// or grpc://'];
    }
    return isBarePath(api) ? [] : ['apiUrl path must be empty'];
  },
  WatchdogTimerConfig: ({ body }) => {
    if (text(body['device']) === '') return ['watchdog device: empty value'];
    const timeout = nanoseconds(text(body['timeout'])) ?? 0;
    return timeout !== 0 && timeout < shortestWatchdog
      ? ['watchdog timeout: minimum value is 10s']
      : [];
  },
};

function schemeOf(url: string): string {
  const parsed = parseUrl(url);
  return typeof parsed === 'string' ? '' : parsed.scheme;
}

function isBarePath(url: string): boolean {
  const parsed = parseUrl(url);
  return typeof parsed !== 'string' && ['', '/'].includes(parsed.path);
}

function kmsgErrors({ name = '', body }: ConfigDocument): string[] {
  if (name === '') return ['name is required'];
  const url = text(body['url']);
  if (url === '') return ['url is required'];
  if (!['tcp', 'udp'].includes(schemeOf(url))) return ['url scheme must be tcp:// or udp://'];
  if (!isBarePath(url)) return ['url path must be empty'];
  const parsed = parseUrl(url);
  return typeof parsed === 'string' || parsed.port === '' ? ['url port is required'] : [];
}

function extensionErrors({ name = '', body }: ConfigDocument): string[] {
  if (name === '') return ['name is required'];
  const files = list(body['configFiles']).map(mapping);
  const isEmpty = files.length === 0 && list(body['environment']).length === 0;
  if (isEmpty) return [`no config files found for extension ${quote(name)}`];
  for (const file of files) {
    if (text(file['content']) === '') {
      return [`extension content is required for extension ${quote(name)}`];
    }
    if (text(file['mountPath']) === '') {
      return [`extension mount path is required for extension ${quote(name)}`];
    }
  }
  return [];
}

function oomErrors({ body }: ConfigDocument): string[] {
  const [trigger, ranking] = [
    text(body['triggerExpression']),
    text(body['cgroupRankingExpression']),
  ];
  const whyTrigger = trigger === '' ? undefined : triggerObjection(trigger);
  const whyRanking = ranking === '' ? undefined : scoreObjection(ranking);
  return [
    ...(whyTrigger === undefined ? [] : [`OOM trigger expression is invalid: ${whyTrigger}`]),
    ...(whyRanking === undefined
      ? []
      : [`OOM cgroup scoring expression is invalid: ${whyRanking}`]),
    ...(isNegative(body['sampleInterval']) ? ['OOM sample interval must be longer than 0'] : []),
  ];
}

/** Go's net.SplitHostPort. */
export function hostPortObjection(address: string): string | undefined {
  const failed = (why: string): string => `address ${address}: ${why}`;
  const colon = address.lastIndexOf(':');
  if (address === '') return 'missing port in address';
  if (colon < 0) return failed('missing port in address');
  const host = address.slice(0, colon);
  if (address.startsWith('[')) {
    const end = address.indexOf(']');
    if (end < 0) return failed("missing ']' in address");
    if (end + 1 === address.length) return failed('missing port in address');
    return end + 1 === colon ? undefined : failed('missing port in address');
  }
  return host.includes(':') ? failed('too many colons in address') : undefined;
}

function identityErrors({ cert, key }: Mapping, minor: number): string[] {
  if (minor >= 14) {
    const why = pairObjection({ cert, key }, false);
    return why === undefined ? [] : [`client identity: ${why}`];
  }
  const errors: string[] = [];
  const isBlock = (pem: string): boolean =>
    /-----BEGIN [^-]+-----\n[A-Za-z0-9+/=\s]+-----END/.test(pem);
  if (!isCertificate(text(cert))) {
    const why = isBlock(text(cert)) ? 'x509: malformed certificate' : 'failed to parse PEM block';
    errors.push(`client identity certificate is invalid: ${why}`);
  }
  try {
    createPrivateKey(text(key));
  } catch {
    errors.push('client identity key is invalid: failed to parse PEM block');
  }
  return errors;
}
