import type { WantedChart } from '../../addons/wanted.js';
import { behindOf, needsMeeting, type Behind } from '../../cluster/kubernetes/addon-health.js';
import { tool } from '../../lib/commands.js';
import { OxideError, TimeoutError } from '../../lib/errors.js';
import { enumerateNames } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { getAllWorkloads, getNodes, parseNodes, parseWorkloads } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { askKubernetes, waitOptions, type Ask } from '../run/waiting.js';
import type { AddonFailure } from './install.js';
import { whyNotServing } from './why-not-serving.js';

/** The addons that are waited for. */
interface Expected {
  readonly wanted: readonly WantedChart[];
  /** Names of those that this run has installed or changed: they may take their time. */
  readonly fresh: readonly string[];
}

/** How long an optional addon is waited for that was there before: what it lacks it lacks for long. */
const settledMs = 60_000;

/**
 * Waits until these addons work: all their pods serve, and no node waits for a cloud controller. One look
 * serves all of them. Optional ones that do not come are returned with the reason; a core one that does
 * not is a TimeoutError.
 */
export async function waitForAddons(
  ctx: FlowContext,
  { wanted, fresh }: Expected,
  io: StepIo,
): Promise<readonly AddonFailure[]> {
  const { clock } = ctx;
  const giveUpAt = clock.steady() + settledMs;
  let behind: readonly Behind[] = wanted.map(({ addon }) => ({ addon, why: 'not looked at' }));
  const ask = askKubernetes(ctx);
  const mayCome = ({ addon }: Behind): boolean => addon.core || fresh.includes(addon.name);
  const probe = async (): Promise<Probe<readonly Behind[]>> => {
    const found = await findBehind(ctx, wanted, ask);
    if ('waiting' in found) return found;
    behind = found.ready;
    const [first] = behind;
    if (!first || (!behind.some(mayCome) && clock.steady() >= giveUpAt)) return { ready: behind };
    return { waiting: first.why };
  };
  try {
    const { addons: timeoutMs } = ctx.config.timeouts;
    behind = await waitFor(
      'the addons to work',
      probe,
      waitOptions(ctx, io, { timeoutMs, hint: lookCloser }),
    );
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    const core = behind.find(({ addon }) => addon.core);
    if (core) throw coreFailed(await failureOf(ctx, core), error);
  }
  if (behind.length === 0) {
    io.summary(`${wanted.length} of ${wanted.length}`);
    return [];
  }
  const failures = await inParallel(...behind.map((one) => failureOf(ctx, one)));
  io.unmet(`not working: ${enumerateNames(failures.map(({ name }) => name))}`);
  return failures;
}

const lookCloser = `Look closer: ${tool`kubectl get nodes,pods -A`}\nThe same command goes on from here.`;

function coreFailed({ name, reason }: AddonFailure, timeout: TimeoutError): OxideError {
  return new OxideError(`${name} does not work: ${reason}`, {
    exitCode: timeout.exitCode,
    errorCode: 'timeout',
    hint: lookCloser,
    cause: timeout,
  });
}

/** Why an addon does not work, with the last words of its pods. */
export async function failureOf(ctx: FlowContext, { addon, why }: Behind): Promise<AddonFailure> {
  const { name, namespace, workloads } = addon;
  const reason = await whyNotServing(ctx, { namespace, workloads });
  return { name, reason: reason ?? why };
}

async function findBehind(
  ctx: FlowContext,
  wanted: readonly WantedChart[],
  ask: Ask,
): Promise<Probe<readonly Behind[]>> {
  const { kubeconfig } = ctx.files;
  const workloads = await ask(async () =>
    parseWorkloads((await ctx.run(getAllWorkloads(kubeconfig))).stdout),
  );
  if ('waiting' in workloads) return workloads;
  const addons = wanted.map(({ addon }) => addon);
  const behind = behindOf(addons, { workloads: workloads.ready, nodes: [] });
  if (behind.length > 0 || !addons.some(needsMeeting)) return { ready: behind };
  const nodes = await ask(async () => parseNodes((await ctx.run(getNodes(kubeconfig))).stdout));
  if ('waiting' in nodes) return nodes;
  return { ready: behindOf(addons, { workloads: workloads.ready, nodes: nodes.ready }) };
}
