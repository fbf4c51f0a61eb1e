import { messageOf } from '../lib/errors.js';
import { ConnectionError, type ConnectionCode } from './exchange.js';

/** What failures mean by the code of Node, OpenSSL or undici; the last match of a list counts. */
const byCode: Readonly<Record<Exclude<ConnectionCode, 'no_answer' | 'proxy_refused'>, RegExp>> = {
  // From before anything was sent: nobody listening, no way there.
  unreachable:
    /^(ECONNREFUSED|EAI_AGAIN|EAI_FAIL|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/,
  unknown_host: /^(ENOTFOUND|EAI_NODATA|EAI_NONAME)$/,
  // https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes
  certificate_out_of_time: /^(CERT_NOT_YET_VALID|CERT_HAS_EXPIRED)$/,
  certificate_of_another: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
  untrusted_certificate:
    /^(UNABLE_TO_|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|ERROR_IN_CERT_)/,
  // OpenSSL that met no TLS, and llhttp that met no HTTP.
  not_http: /^(ERR_SSL_|EPROTO$|HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$)/,
  answer_too_large: /^UND_ERR_RES_EXCEEDED_MAX_SIZE$/,
};

/** undici 7.30.2, lib/dispatcher/proxy-agent.js: the proxy answered CONNECT with this status. */
const proxyAnswer = /^Proxy response \((\d+)\) !== 200 when HTTP Tunneling$/;

/** What a failed request says about its connection. */
export function connectionError(error: unknown, timedOut?: string): ConnectionError {
  const root = rootOf(error);
  const reason = messageOf(root) || codeOf(root);
  const refused = proxyAnswer.exec(reason)?.[1];
  if (refused !== undefined) return fromProxy(Number(refused), error);
  if (timedOut !== undefined) return new ConnectionError('no_answer', timedOut, { cause: error });
  const found = Object.entries(byCode).find(([, pattern]) => pattern.test(codeOf(root)));
  const code = (found?.[0] ?? 'no_answer') as ConnectionCode;
  return new ConnectionError(code, reason, { cause: error });
}

/** A proxy that cannot get through at the moment says so with the codes of a gateway. */
function fromProxy(status: number, cause: unknown): ConnectionError {
  const code = status >= 500 ? 'unreachable' : 'proxy_refused';
  return new ConnectionError(code, `the proxy answered ${status}`, { cause });
}

/** undici wraps the failure of a proxy's own certificate. */
function rootOf(error: unknown): unknown {
  const wrapped = codeOf(error) === 'UND_ERR_PRX_TLS' && error instanceof Error;
  return wrapped && error.cause instanceof Error ? error.cause : error;
}

/** undici's parser gives some of its errors no code, only a name. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
