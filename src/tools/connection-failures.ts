import { oxide } from '../lib/commands.js';

/** Whether waiting helps: `not-yet`: it usually does; `never`: it does not; `unknown`: nobody knows. */
export type Prospect = 'not-yet' | 'never' | 'unknown';

/** Why a tool could not talk to an API at all. */
export interface ConnectionFailure {
  readonly prospect: Prospect;
  /** In a few words: `its certificate is for another address`. */
  readonly why: string;
  /** What to look at, made for this reason. */
  readonly hint: string;
}

interface KnownFailure extends ConnectionFailure {
  readonly pattern: RegExp;
}

const firewall = `Does the firewall admit this machine (hcloud.firewall.allowed_cidrs)? How the servers are: ${oxide`status`}`;
const proxy =
  'HTTPS_PROXY names a proxy that oxide and its tools go through. Have the port allowed there, or\nexclude the cluster: NO_PROXY';
const otherMachine = `Something else answers at this address: another machine, a load balancer, or a proxy that opens TLS.\nHow the servers are: ${oxide`status`}`;
const clock =
  'Compare the clock of this machine with the time of day; a node sets its own at boot.';
const accessFiles = `The access file in the output folder may be too old, or of another cluster. New ones: ${oxide`talosconfig`},\nand ${oxide`kubeconfig`}`;

/**
 * What talosctl, kubectl and helm say when there is no connection: all are written in Go, and the
 * same libraries speak. The first that fits counts, so the more certain ones come first.
 */
export const connectionFailures: readonly KnownFailure[] = [
  {
    pattern: /x509: certificate is valid for |x509: cannot validate certificate for /,
    prospect: 'never',
    why: 'its certificate is for another address',
    hint: otherMachine,
  },
  {
    pattern: /x509: certificate has expired or is not yet valid: current time \S+ is before /,
    prospect: 'unknown',
    why: 'its certificate is not valid yet: the clocks of the node and this machine differ',
    hint: clock,
  },
  {
    pattern: /x509: certificate has expired or is not yet valid: current time \S+ is after /,
    prospect: 'never',
    why: 'its certificate has expired',
    hint: `Nodes renew their certificates by themselves. ${clock}`,
  },
  {
    pattern: /x509: certificate signed by unknown authority/,
    prospect: 'never',
    why: "its certificate is not of the cluster's authority",
    hint: `The node is in maintenance mode or was made with other secrets, or something else answers at this\naddress. Is --output the cluster's own folder? How the servers are: ${oxide`status`}`,
  },
  {
    pattern: /remote error: tls: expired certificate/,
    prospect: 'never',
    why: 'it refuses the client certificate, which has expired',
    hint: accessFiles,
  },
  {
    pattern: /remote error: tls: certificate required/,
    prospect: 'never',
    why: "it refuses the client certificate: it has other secrets than oxide's folder",
    hint: accessFiles,
  },
  {
    pattern:
      /first record does not look like a TLS handshake|server gave HTTP response to HTTPS client|server closed the stream without sending trailers/,
    prospect: 'never',
    why: 'what answers there is something else',
    hint: otherMachine,
  },
  {
    pattern:
      /failed to do connect handshake, response: "?\\?"?HTTP\/1\.\d (403|407)|^Unable to connect to the server: (Forbidden|Proxy Authentication Required)$|cluster unreachable: Get ".+": (Forbidden|Proxy Authentication Required)$/m,
    prospect: 'never',
    why: 'a proxy forbids the connection',
    hint: proxy,
  },
  {
    pattern:
      /failed to do connect handshake, response: "?\\?"?HTTP\/1\.\d 50\d|^Unable to connect to the server: (Bad Gateway|Service Unavailable|Gateway Timeout)$|cluster unreachable: Get ".+": (Bad Gateway|Service Unavailable|Gateway Timeout)$/m,
    prospect: 'not-yet',
    why: 'a proxy does not reach it',
    hint: proxy,
  },
  {
    pattern: /proxyconnect tcp: /,
    prospect: 'unknown',
    why: 'the proxy does not answer',
    hint: proxy,
  },
  {
    pattern: /: no such host|name resolver error: produced zero addresses/,
    prospect: 'unknown',
    why: 'its name is not known',
    hint: 'Does talos.cluster_endpoint have an address in the DNS, as this machine sees it?',
  },
  {
    pattern: /connect: connection refused|^The connection to the server \S+ was refused/m,
    prospect: 'not-yet',
    why: 'connection refused',
    hint: `It has not started, or has stopped. ${firewall}`,
  },
  {
    pattern: /connect: no route to host|connect: network is unreachable/,
    prospect: 'not-yet',
    why: 'no route to it',
    hint: `Is this machine on the internet? How the servers are: ${oxide`status`}`,
  },
  {
    pattern: /connection reset by peer|write: broken pipe|\bEOF\b|server sent GOAWAY/,
    prospect: 'unknown',
    why: 'the connection broke off',
    hint: `It may be starting, or something on the way cuts the connection. ${firewall}`,
  },
  {
    pattern:
      /Client\.Timeout exceeded|i\/o timeout|^Unable to connect to the server: context deadline exceeded$|code = DeadlineExceeded/m,
    prospect: 'not-yet',
    why: 'no answer',
    hint: firewall,
  },
];

/** Why there was no connection; undefined when the words are about something else. */
export function connectionFailure(text: string): ConnectionFailure | undefined {
  return connectionFailures.find(({ pattern }) => pattern.test(text));
}
