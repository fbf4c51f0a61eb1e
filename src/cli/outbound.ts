import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { messageOf, PreconditionError } from '../lib/errors.js';
import type { Outbound } from '../lib/outbound.js';
import type { CliIo } from './io.js';

/**
 * How oxide's own requests leave this machine, by the variables that its tools read, too. As with
 * them, `SSL_CERT_FILE` comes beside the usual authorities; `NODE_EXTRA_CA_CERTS` is Node's own word.
 */
export async function outboundOf(env: CliIo['env']): Promise<Outbound> {
  // Go's order: a variable in capitals counts first, and an empty one as unset.
  const either = (name: string): string | undefined =>
    [env[name], env[name.toLowerCase()]].find((value) => value !== undefined && value !== '');
  return {
    httpProxy: either('HTTP_PROXY'),
    httpsProxy: either('HTTPS_PROXY'),
    noProxy: either('NO_PROXY'),
    authorities: await authorities(env),
  };
}

async function authorities(env: CliIo['env']): Promise<readonly string[] | undefined> {
  const path = env['SSL_CERT_FILE'];
  if (path === undefined || path === '') return undefined;
  const more = env['NODE_EXTRA_CA_CERTS'];
  const files = [
    await readCertificates('SSL_CERT_FILE', path),
    ...(more === undefined || more === ''
      ? []
      : [await readCertificates('NODE_EXTRA_CA_CERTS', more)]),
  ];
  return [...rootCertificates, ...files];
}

async function readCertificates(variable: string, path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new PreconditionError(
      `${variable} names a file that cannot be read: ${messageOf(error)}`,
      'Correct it, or unset it to trust the usual authorities only.',
    );
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new PreconditionError(
    `${variable} names a file without certificates: ${path}`,
    'It takes certificates of authorities in PEM form.',
  );
}
