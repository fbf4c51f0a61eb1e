import { quote } from './go-text.js';

/** The parts of an address that Talos looks at. */
export interface GoUrl {
  readonly scheme: string;
  /** With its port. */
  readonly host: string;
  readonly path: string;
  readonly port: string;
  readonly hostname: string;
}

/** What is wrong with an address, in the words of Go's net/url; an empty one is taken. */
export function urlObjection(text: string): string | undefined {
  const parsed = parseUrl(text);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** Reads an address as Go's url.Parse does, or says why it does not. */
export function parseUrl(text: string): GoUrl | string {
  const parsed = partsOf(text.replace(/#.*$/s, ''));
  return typeof parsed === 'string' ? `parse ${quote(text)}: ${parsed}` : parsed;
}

/** As {@link parseUrl}, where a scheme or a leading slash is demanded. */
export function parseRequestUri(text: string): GoUrl | string {
  const failed = (why: string): string => `parse ${quote(text)}: ${why}`;
  if (text === '') return failed('empty url');
  const parsed = partsOf(text);
  if (typeof parsed === 'string') return failed(parsed);
  const isAbsolute = parsed.scheme !== '' || text.startsWith('/');
  return isAbsolute ? parsed : failed('invalid URI for request');
}

function partsOf(text: string): GoUrl | string {
  // eslint-disable-next-line no-control-regex -- what Go refuses
  if (/[\0-\x1f\x7f]/.test(text)) return 'net/url: invalid control character in URL';
  if (text.startsWith(':')) return 'missing protocol scheme';
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? '';
  const rest = (scheme === '' ? text : text.slice(scheme.length + 1)).replace(/\?.*$/s, '');
  const nothing = { scheme: scheme.toLowerCase(), host: '', path: '', port: '', hostname: '' };
  if (scheme !== '' && !rest.startsWith('/')) return nothing;
  if (scheme === '' && !rest.startsWith('/') && (rest.split('/')[0] ?? '').includes(':')) {
    return 'first path segment in URL cannot contain colon';
  }
  const hasHost = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  const [, authority = '', path = ''] = hasHost
    ? (/^\/\/([^/]*)(.*)$/s.exec(rest) ?? [])
    : ['', '', rest];
  const host = hostOf(authority);
  if (typeof host === 'string') return host;
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(path)?.[0];
  if (escape !== undefined) return `invalid URL escape ${quote(escape)}`;
  return { ...nothing, ...host, path };
}

function hostOf(authority: string): Pick<GoUrl, 'host' | 'hostname' | 'port'> | string {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (at >= 0 && /[^A-Za-z0-9\-._~!$&'()*+,;=:%@]/.test(authority.slice(0, at))) {
    return 'net/url: invalid userinfo';
  }
  const end = host.startsWith('[') ? host.lastIndexOf(']') : host.indexOf(':') - 1;
  if (host.startsWith('[') && end < 0) return "missing ']' in host";
  const rest = host.startsWith('[') || host.includes(':') ? host.slice(end + 1) : '';
  const last = host.startsWith('[') ? rest : host.slice(Math.max(0, host.lastIndexOf(':')));
  if (host.includes(':') && !/^(:\d*)?$/.test(last)) {
    return `invalid port ${quote(last)} after host`;
  }
  const bad = /[ <>"{}|\\^`]/.exec(host)?.[0];
  if (bad !== undefined) return `invalid character ${quote(bad)} in host name`;
  const colon = host.startsWith('[') ? end + 1 : host.lastIndexOf(':');
  const hasPort = colon >= 0 && host.slice(colon).startsWith(':');
  const name = hasPort ? host.slice(0, colon) : host;
  return {
    host,
    hostname: name.replace(/^\[(.*)\]$/, '$1'),
    port: hasPort ? host.slice(colon + 1) : '',
  };
}

/** What is wrong with an address that must name a host (siderolabs/net, ValidateEndpointURI). */
export function endpointObjection(text: string): string | undefined {
  const url = parseUrl(text);
  if (typeof url === 'string') return url;
  if (url.host.split(':').length > 3 && !/\[.*\]/.test(url.host)) {
    return 'IPv6 addresses MUST be enclosed by square brackets';
  }
  if (url.hostname === '') return 'hostname must not be blank';
  if (url.port === '') return undefined;
  const port = Number(url.port);
  return port < 1 || port > 65535 ? 'port number must be between 1 and 65535' : undefined;
}
