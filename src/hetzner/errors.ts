import type { HetznerFailure, Explanation } from './failure.js';
import { ExitCode, OxideError } from '../lib/errors.js';
import { detailsOf } from './error-details.js';
import { limitCode, limitedBy, limitReached, type Limited } from './limits.js';

/** Hetzner refused a request, or did not answer it. */
export class HetznerError extends OxideError {
  override readonly name = 'HetznerError';
  readonly code: string;
  readonly status: number;
  readonly correlationId: string | undefined;
  readonly details: unknown;
  /** Hetzner's words. */
  readonly reason: string;
  /** Of what the account may not have more, when that is why it was refused and Hetzner says so. */
  readonly limited: Limited | undefined;

  constructor(failure: HetznerFailure) {
    const { text, ...options } = explain(failure);
    super(text, { ...options, cause: failure.cause });
    this.code = failure.code;
    this.status = failure.status;
    this.correlationId = failure.correlationId;
    this.details = failure.details ?? null;
    this.reason = failure.message;
    this.limited = limitedBy(failure);
  }
}

function explain(failure: HetznerFailure): Explanation {
  const known = explanations[failure.code];
  if (known) return known(failure);
  if (failure.status === 0 || failure.status >= 500) return noAnswer(failure);
  return {
    text: refusal(failure),
    hint: withCorrelation('The same command goes on from here.', failure),
  };
}

function refusal({ purpose, code, message }: HetznerFailure): string {
  return `${purpose}: Hetzner refused it (${code}): ${message}`;
}

/** Hetzner's support finds a request by its correlation id. */
function withCorrelation(hint: string, { correlationId }: HetznerFailure): string {
  if (correlationId === undefined) return hint;
  return `${hint}\nCorrelation id for Hetzner's support: ${correlationId}`;
}

const explanations: Readonly<Record<string, (failure: HetznerFailure) => Explanation>> = {
  unauthorized: badToken,
  token_readonly: readOnlyToken,
  forbidden: readOnlyToken,
  [limitCode]: limitReached,
  resource_unavailable: noCapacity,
  placement_error: noCapacity,
  protected: isProtected,
  invalid_input: invalidInput,
  uniqueness_error: taken,
  rate_limit_exceeded: rateLimited,
  unreachable,
  unexpected_answer: noAnswer,
};

function badToken({ tokenSource, message }: HetznerFailure): Explanation {
  return {
    text: `Hetzner does not accept the API token from ${tokenSource} (unauthorized: ${message})`,
    hint:
      'Make one with read and write permission: https://console.hetzner.cloud, the project,\n' +
      'Security, API tokens. Then set HCLOUD_TOKEN.',
    exitCode: ExitCode.precondition,
  };
}

function readOnlyToken({ purpose, tokenSource, code, message }: HetznerFailure): Explanation {
  return {
    text: `${purpose}: the API token from ${tokenSource} is not allowed to do it (${code}: ${message})`,
    hint: 'oxide needs a token with read and write permission.',
    exitCode: ExitCode.precondition,
  };
}

function noCapacity({ purpose, code, message }: HetznerFailure): Explanation {
  return {
    text: `${purpose}: Hetzner has no capacity for it at the moment (${code}: ${message})`,
    hint:
      'Choose another server_type or location in cluster.yaml, or try again later.\n' +
      'What exists is kept; the same command goes on from there. Status: https://status.hetzner.com',
    exitCode: ExitCode.refused,
  };
}

function isProtected(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint:
      'Somebody protected it on purpose, so oxide leaves it alone. Take the protection off in the\n' +
      'Hetzner console, then run the same command again.',
    exitCode: ExitCode.precondition,
  };
}

function invalidInput(failure: HetznerFailure): Explanation {
  const fields = (detailsOf(failure.details).fields ?? []).map(({ name, messages }) =>
    messages?.length ? `${name}: ${messages.join(', ')}` : name,
  );
  const listed = fields.length === 0 ? '' : ` [${fields.join('; ')}]`;
  return {
    text: `${refusal(failure)}${listed}`,
    hint: withCorrelation('Correct cluster.yaml; the same command goes on from here.', failure),
  };
}

function taken(failure: HetznerFailure): Explanation {
  return {
    text: refusal(failure),
    hint:
      'Something in the project has this name or key already. A deleted server keeps its name for\n' +
      'some seconds; anything else has to be renamed or removed by hand.',
    exitCode: ExitCode.precondition,
  };
}

function rateLimited({ purpose }: HetznerFailure): Explanation {
  return {
    text: `${purpose}: the request budget of the Hetzner project stayed used up (rate_limit_exceeded)`,
    hint:
      'It is shared with everything that uses the project: cloud controllers, autoscalers, other tools.\n' +
      'Wait some minutes; the same command goes on from here.',
  };
}

function unreachable({ purpose, message }: HetznerFailure): Explanation {
  return {
    text: `${purpose}: Hetzner's API cannot be reached: ${message}`,
    hint: 'Check the connection to the internet. The same command goes on from here.',
    exitCode: ExitCode.precondition,
  };
}

function noAnswer(failure: HetznerFailure): Explanation {
  const { purpose, code, status, message } = failure;
  const which = status === 0 ? code : `${status} ${code}`;
  return {
    text: `${purpose}: Hetzner's API gave no usable answer (${which}: ${message})`,
    hint: withCorrelation(
      'Status: https://status.hetzner.com. The same command goes on from here.',
      failure,
    ),
  };
}
