import { ExitCode } from '../lib/errors.js';
import type { Explanation, HetznerFailure } from './failure.js';

const goesOn = 'The same command goes on from here.';

/** Who was asked, for a sentence: Hetzner's own API needs no address. */
function whom({ endpoint }: HetznerFailure): string {
  return endpoint === undefined ? "Hetzner's API" : `the API at ${endpoint}`;
}

/** Somebody who set another endpoint looks there first. */
function orEndpoint({ endpoint }: HetznerFailure): string {
  return endpoint === undefined ? '' : `${endpoint} comes from HCLOUD_ENDPOINT: is it right?\n`;
}

export function unreachable(failure: HetznerFailure): Explanation {
  return {
    text: `${failure.purpose}: ${whom(failure)} cannot be reached: ${failure.message}`,
    hint: `${orEndpoint(failure)}Check the connection to the internet. ${goesOn}`,
    exitCode: ExitCode.precondition,
  };
}

export function unknownName(failure: HetznerFailure): Explanation {
  return {
    text: `${failure.purpose}: the name of ${whom(failure)} is not known: ${failure.message}`,
    hint:
      `${orEndpoint(failure)}Check the connection to the internet and the name server of this machine.\n` +
      `Behind a proxy, set HTTPS_PROXY. ${goesOn}`,
    exitCode: ExitCode.precondition,
  };
}

export function untrusted(failure: HetznerFailure): Explanation {
  return {
    text: `${failure.purpose}: the certificate of ${whom(failure)} is not trusted: ${failure.message}`,
    hint:
      `${orEndpoint(failure)}Something between here and Hetzner answers with a certificate of its own, such as the\n` +
      "proxy of a company. If you trust it: SSL_CERT_FILE=<its authority's certificate, PEM>, which\n" +
      'counts for oxide and for its tools. The token was not sent.',
    exitCode: ExitCode.precondition,
  };
}

export function outOfTime(failure: HetznerFailure): Explanation {
  return {
    text: `${failure.purpose}: the certificate of ${whom(failure)} is out of its time: ${failure.message}`,
    hint:
      `${orEndpoint(failure)}Check the clock of this machine. If it is right, whoever answers there has to renew the\n` +
      'certificate. The token was not sent.',
    exitCode: ExitCode.precondition,
  };
}

export function otherName(failure: HetznerFailure): Explanation {
  return {
    text: `${failure.purpose}: the certificate of ${whom(failure)} is for another name: ${failure.message}`,
    hint:
      `${orEndpoint(failure)}Somebody else answers there: a captive portal, a proxy, or a wrong name server.\n` +
      'The token was not sent.',
    exitCode: ExitCode.precondition,
  };
}

/** Neither TLS nor HTTP. */
export function otherProtocol(failure: HetznerFailure): Explanation {
  return {
    text: `${failure.purpose}: what answers for ${whom(failure)} does not speak its protocol: ${failure.message}`,
    hint:
      `${orEndpoint(failure)}A proxy, a captive portal or another service answers there. Check HTTPS_PROXY and the\n` +
      'connection to the internet.',
    exitCode: ExitCode.precondition,
  };
}

export function refusedByProxy(failure: HetznerFailure): Explanation {
  return {
    text: `${failure.purpose}: the proxy does not let oxide through to ${whom(failure)}: ${failure.message}`,
    hint:
      'It is the one in HTTPS_PROXY. Ask whoever runs it to admit the address, with name and password\n' +
      'in HTTPS_PROXY if it wants them, or name the address in NO_PROXY if it can be reached directly.',
    exitCode: ExitCode.precondition,
  };
}

/** An answer that is not the API's: a page, a redirect, something that is not JSON. */
export function notTheApi(failure: HetznerFailure): Explanation {
  return {
    text: `${failure.purpose}: what answers for ${whom(failure)} is not the API (${failure.status}: ${failure.message})`,
    hint:
      `${orEndpoint(failure)}A proxy or a captive portal may answer in its place: open the address in a browser.\n` +
      'When the API itself answers again, the same command goes on from here.',
    exitCode: ExitCode.precondition,
  };
}

/** JSON of the API, but not what its description says. */
export function unreadable(failure: HetznerFailure): Explanation {
  const which = failure.status === 0 ? failure.code : String(failure.status);
  return {
    text: `${failure.purpose}: ${whom(failure)} answered what oxide cannot read (${which}: ${failure.message})`,
    hint:
      'If it was damaged on its way, the same command goes on from here. If it stays, the API has\n' +
      'changed: look for a newer oxide.',
  };
}
