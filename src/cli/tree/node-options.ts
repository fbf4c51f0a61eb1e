import { ExitCode } from '../../lib/errors.js';
import { durationOption } from '../duration.js';
import type { CommandSpec, OptionSpec } from './spec.js';
import { cloudVariables } from './variables.js';

/** Of commands that may need a snapshot. */
export const noBuild: OptionSpec = {
  flags: '--no-build',
  summary: 'make no Talos snapshot: stop when one is missing (exit 3)',
};

/** Of commands that show a plan with a price. */
export const dryRun: OptionSpec = {
  flags: '--dry-run',
  summary: 'show the plan and its price, and change nothing (exit 10: there is work)',
};

/** Of commands that drain nodes. */
export const drainTimeout: OptionSpec = {
  flags: '--timeout <time>',
  summary:
    'how long the pods of a node may take to go; timeouts.drain of cluster.yaml unless given',
  parse: durationOption,
};

/** What commands that make servers read of the environment. */
export const makingVariables = [...cloudVariables, 'OXIDE_IMAGE_FACTORY'] as const;

/** How commands that make servers end. */
export const makingExits: CommandSpec['exits'] = {
  [ExitCode.precondition]: true,
  [ExitCode.refused]: true,
  [ExitCode.partial]: true,
  [ExitCode.timeout]: true,
  [ExitCode.unconfirmed]: true,
  [ExitCode.changes]: true,
};
