import type { AddonStanding, AddonState } from '../../cluster/status/addon-states.js';
import { applyAddons } from '../../flows/apply-addons.js';
import { listAddons } from '../../flows/list-addons.js';
import { removeAddon } from '../../flows/remove-addon.js';
import { ExitCode } from '../../lib/errors.js';
import { renderAddons, renderAppliedAddons, renderRemovedAddon } from '../../ui/addons.js';
import { confirmRemoval } from '../confirm.js';
import { lockOf, withCluster } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';

/** `oxide addons`: which there are, and whether they work; exit 5 when one that is wanted does not. */
export function addonsListCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  return withCluster({ ...options, brief: true }, io, async ({ flow, ui }) => {
    const listed = await listAddons(flow);
    ui.print(listed, (shown) => renderAddons(shown, ui.looks));
    return exitOf(listed.addons);
  });
}

export interface AddonsApplyOptions extends GlobalOptions {
  /** As they were typed. */
  readonly names: readonly string[];
  readonly dryRun?: boolean;
}

/** `oxide addons apply`: installs, upgrades and repairs them; the plan first. */
export function addonsApplyCommand(options: AddonsApplyOptions, io: CliIo): Promise<ExitCode> {
  const lock = lockOf('addons apply', options);
  return withCluster({ ...options, lock }, io, async ({ flow, ui }) => {
    const outcome = await applyAddons(flow, {
      names: options.names,
      confirm: (plan) => {
        if (options.dryRun) return Promise.resolve(false);
        if (plan.changes.length > 0) ui.showPlan(plan);
        return Promise.resolve(true);
      },
    });
    if (outcome.kind === 'preview') {
      ui.printPlan(outcome.plan);
      return outcome.plan.changes.length > 0 ? ExitCode.changes : ExitCode.done;
    }
    ui.print(outcome.result, (shown) => renderAppliedAddons(shown, ui.looks));
    return exitOf(outcome.result.addons);
  });
}

export interface AddonsRemoveOptions extends GlobalOptions {
  /** As it was typed. */
  readonly name: string;
  readonly dryRun?: boolean;
}

/** `oxide addons remove`: takes one out of the cluster, after a question. */
export function addonsRemoveCommand(options: AddonsRemoveOptions, io: CliIo): Promise<ExitCode> {
  const lock = lockOf('addons remove', options);
  return withCluster({ ...options, lock }, io, async ({ flow, ui }) => {
    const outcome = await removeAddon(flow, {
      name: options.name,
      confirm: async (plan) => {
        if (options.dryRun) return false;
        ui.showPlan(plan);
        await confirmRemoval(options, io);
        return true;
      },
    });
    if (outcome.kind === 'preview') {
      ui.printPlan(outcome.plan);
      return ExitCode.changes;
    }
    ui.print(outcome.result, (shown) => renderRemovedAddon(shown, ui.looks));
    return ExitCode.done;
  });
}

/** Of what is wanted and can be: what differs otherwise than by its version works all the same. */
function exitOf(addons: readonly AddonState[]): ExitCode {
  const settled: readonly AddonStanding[] = ['works', 'surplus', 'impossible'];
  const open = addons.some(({ state }) => !settled.includes(state));
  return open ? ExitCode.partial : ExitCode.done;
}
