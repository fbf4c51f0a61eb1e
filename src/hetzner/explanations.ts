import { eitherCloud, hetznerStatus, inTheConsole, oxide } from '../lib/commands.js';
import { ExitCode } from '../lib/errors.js';
import { detailsOf } from './error-details.js';
import type { Explanation, HetznerFailure } from './failure.js';

/** `creating server demo-web-1: Hetzner refused it (invalid_input): …` */
function refusal({ purpose, code, message }: HetznerFailure): string {
  return `${purpose}: Hetzner refused it (${code}): ${message}`;
}

/** Hetzner's support finds a request by its correlation id. */
function withCorrelation(hint: string, { correlationId }: HetznerFailure): string {
  if (correlationId === undefined) return hint;
  return `${hint}${eitherCloud(`\nCorrelation id for Hetzner's support: ${correlationId}`, '')}`;
}

/** The simulated project makes its own token, which always may do everything. */
const begunAnew = `The token of a rehearsal is made with its cloud. Begin a new one: ${oxide`sandbox reset`}`;

export function badToken({ tokenSource, message }: HetznerFailure): Explanation {
  return {
    text: `Hetzner does not accept the API token from ${tokenSource} (unauthorized: ${message})`,
    hint: eitherCloud(
      'Make one with read and write permission: https://console.hetzner.cloud, the project,\n' +
        'Security, API tokens. Then set HCLOUD_TOKEN.',
      begunAnew,
    ),
    exitCode: ExitCode.precondition,
  };
}

export function missingRight({ purpose, tokenSource, code, message }: HetznerFailure): Explanation {
  return {
    text: `${purpose}: the API token from ${tokenSource} is not allowed to do it (${code}: ${message})`,
    hint: eitherCloud('oxide needs a token with read and write permission.', begunAnew),
    exitCode: ExitCode.precondition,
  };
}

export function noCapacity({ purpose, code, message }: HetznerFailure): Explanation {
  return {
    text: `${purpose}: Hetzner has no capacity for it at the moment (${code}: ${message})`,
    hint:
      'Choose another server_type or location in cluster.yaml, or try again later.\n' +
      `What exists is kept; the same command goes on from there. ${hetznerStatus}`,
    exitCode: ExitCode.refused,
  };
}

export function isProtected(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint:
      'Somebody protected it on purpose, so oxide leaves it alone. Take the protection off\n' +
      `${inTheConsole}, then run the same command again.`,
    exitCode: ExitCode.precondition,
  };
}

export function ofSelector(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint:
      'Somebody applied the firewall by a label selector. Take the selector off it\n' +
      `${inTheConsole}, then run the same command again.`,
    exitCode: ExitCode.precondition,
  };
}

/** What was asked for cannot be: the wish has to change. */
export function wrongWish(failure: HetznerFailure): Explanation {
  const fields = (detailsOf(failure.details).fields ?? []).map(({ name, messages }) =>
    messages?.length ? `${name}: ${messages.join(', ')}` : name,
  );
  const listed = fields.length === 0 ? '' : ` [${fields.join('; ')}]`;
  return {
    text: `${refusal(failure)}${listed}`,
    hint: withCorrelation(
      'Repeating it would not help: change cluster.yaml, then run the same command again.',
      failure,
    ),
    exitCode: ExitCode.usage,
  };
}

export function taken(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint:
      'Something else in the project has this name, key or address already. A deleted server keeps\n' +
      'its own for some seconds; anything else has to be renamed or removed by hand.',
    exitCode: ExitCode.precondition,
  };
}

/** Hetzner does not do it, whatever is in cluster.yaml. */
export function neverDone(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint: withCorrelation(
      'Repeating it would not help. What exists is kept. If nothing in cluster.yaml explains it,\n' +
        'look for a newer oxide, or report it with the output of --verbose.',
      failure,
    ),
    exitCode: ExitCode.refused,
  };
}

/** Hetzner took away what oxide asked for. */
export function removedFromApi(failure: HetznerFailure): Explanation {
  const { announcement } = detailsOf(failure.details);
  const where = announcement === undefined ? '' : `\nHetzner's announcement: ${announcement}`;
  return {
    text: refusal(failure),
    hint: `This part of Hetzner's API is gone: only a newer oxide helps. What exists is kept.${where}`,
    exitCode: ExitCode.refused,
  };
}

/** Something else is under way with it, or not over yet; the tries of a minute were not enough. */
export function stillBusy(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint: withCorrelation(
      'Something else is under way with it, or has not ended yet. The same command goes on from here.',
      failure,
    ),
  };
}

/** Hetzner says neither why nor for how long. */
export function maybeLater(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint: withCorrelation(
      'Hetzner does not say whether it passes. Wait some minutes and run the same command again;\n' +
        `it goes on from here. ${hetznerStatus}`,
      failure,
    ),
  };
}

export function gone(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint: withCorrelation(
      'It was deleted meanwhile, or cluster.yaml names something that this project does not have.\n' +
        'The same command looks at everything afresh.',
      failure,
    ),
  };
}

/** 404 for the path itself: seen live with a path that does not exist, with or without a token. */
export function noSuchRoute(failure: HetznerFailure): Explanation {
  if (failure.endpoint === undefined) return neverDone(failure);
  return {
    text: `${failure.purpose}: ${failure.endpoint} has no such path (${failure.message})`,
    hint: 'HCLOUD_ENDPOINT has to end with the version of the API: https://api.hetzner.cloud/v1',
    exitCode: ExitCode.usage,
  };
}

export function maintenance(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint:
      'Hetzner works on it. What exists is kept; the same command goes on when that is over.\n' +
      hetznerStatus,
  };
}

export function rateLimited({ purpose }: HetznerFailure): Explanation {
  return {
    text: `${purpose}: the request budget of the Hetzner project stayed used up (rate_limit_exceeded)`,
    hint:
      'It is shared with everything that uses the project: cloud controllers, autoscalers, other tools.\n' +
      'Wait some minutes; the same command goes on from here.',
  };
}

export function noAnswer(failure: HetznerFailure): Explanation {
  const { purpose, code, status, message } = failure;
  const which = status === 0 ? code : `${status} ${code}`;
  return {
    text: `${purpose}: Hetzner's API gave no usable answer (${which}: ${message})`,
    hint: withCorrelation(`The same command goes on from here. ${hetznerStatus}`, failure),
  };
}
