import { eitherCloud } from '../lib/commands.js';
import { ExitCode } from '../lib/errors.js';
import { detailsOf } from './error-details.js';
import type { Explanation, HetznerFailure } from './failure.js';

/** What an account has limits for, in the API's words, and what people call it. */
const kindNames = {
  primary_ip: 'primary IP',
  load_balancer: 'load balancer',
  placement_group: 'placement group',
  ssh_key: 'SSH key',
  network: 'network',
  firewall: 'firewall',
  snapshot: 'snapshot',
  volume: 'volume',
  server: 'server',
} as const;

export type Limited = keyof typeof kindNames;

/** Not the rate limit of requests, which is `rate_limit_exceeded`. */
export const limitCode = 'resource_limit_exceeded';

/**
 * Of what the account may not have more. Hetzner names it in the details of the error
 * (`server_limit`), or only in its words (`server limit exceeded`). Undefined for other failures,
 * and for limits that are about something else, such as processors.
 */
export function limitedBy(failure: HetznerFailure): Limited | undefined {
  if (failure.code !== limitCode) return undefined;
  const kinds = Object.keys(kindNames) as Limited[];
  const told = [...limitNames(failure), failure.message];
  const texts = told.map((text) => text.toLowerCase().replaceAll(' ', '_'));
  return texts.flatMap((text) => kinds.find((kind) => text.includes(kind)) ?? [])[0];
}

export function limitReached(failure: HetznerFailure): Explanation {
  const limited = limitedBy(failure);
  const what = limited === undefined ? 'more of what this needs' : `more ${kindNames[limited]}s`;
  return {
    text:
      `${failure.purpose}: your Hetzner account may not have ${what} ` +
      `(${limitCode}: ${[failure.message, ...limitNames(failure)].join('; ')})`,
    hint:
      eitherCloud(
        'This is a limit of the account, not the rate limit of the API. Ask for a higher one:\n' +
          '  https://console.hetzner.cloud/limits\n',
        'This is a limit of the simulated account. A real one has its own: https://console.hetzner.cloud/limits\n',
      ) +
      'Something that was just deleted may count for some more moments.\n' +
      'What exists is kept; the same command goes on from there.',
    exitCode: ExitCode.refused,
  };
}

/** `primary IP` */
export function limitName(limited: Limited): string {
  return kindNames[limited];
}

function limitNames({ details }: HetznerFailure): readonly string[] {
  return (detailsOf(details).limits ?? []).map(({ name }) => name);
}
