import type { WantedChart } from '../../addons/wanted.js';
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

/** What is not there yet of the addons. */
interface Behind {
  readonly addon: WantedChart['addon'];
  readonly why: string;
}

/**
 * Waits until these addons work: all their pods serve, and no node waits for a cloud controller. One look
 * serves all of them. Optional ones that do not come are returned with the reason; a core one that does
 * not is a TimeoutError.
 */
export async function waitForAddons(
  ctx: FlowContext,
  wanted: readonly WantedChart[],
  io: StepIo,
): Promise<readonly AddonFailure[]> {
  if (wanted.length === 0) return [];
  let behind: readonly Behind[] = wanted.map(({ addon }) => ({ addon, why: 'not looked at' }));
  const ask = askKubernetes(ctx);
  const probe = async (): Promise<Probe<true>> => {
    const found = await findBehind(ctx, wanted, ask);
    if ('waiting' in found) return found;
    behind = found.ready;
    const [first] = behind;
    return first ? { waiting: first.why } : { ready: true };
  };
  const { addons: timeoutMs } = ctx.config.timeouts;
  try {
    await waitFor(
      'the addons to work',
      probe,
      waitOptions(ctx, io, { timeoutMs, hint: lookCloser }),
    );
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    const failures = await inParallel(...behind.map((one) => failureOf(ctx, one)));
    const core = behind.findIndex(({ addon }) => addon.core);
    if (core >= 0) throw coreFailed(failures[core], error);
    io.unmet(`not working: ${enumerateNames(failures.map(({ name }) => name))}`);
    return failures;
  }
  io.summary(`${wanted.length} of ${wanted.length}`);
  return [];
}

const lookCloser = `Look closer: ${tool`kubectl get nodes,pods -A`}\nThe same command goes on from here.`;

function coreFailed(failure: AddonFailure | undefined, timeout: TimeoutError): OxideError {
  return new OxideError(`${failure?.name ?? 'an addon'} does not work: ${failure?.reason ?? ''}`, {
    exitCode: timeout.exitCode,
    errorCode: 'timeout',
    hint: lookCloser,
    cause: timeout,
  });
}

async function failureOf(ctx: FlowContext, { addon, why }: Behind): Promise<AddonFailure> {
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
  const listed = await ask(async () =>
    parseWorkloads((await ctx.run(getAllWorkloads(kubeconfig))).stdout),
  );
  if ('waiting' in listed) return listed;
  const behind = wanted.flatMap(({ addon }): Behind[] => {
    for (const name of addon.workloads) {
      const found = listed.ready.find(
        (one) => one.name === name && one.namespace === addon.namespace,
      );
      if (!found) return [{ addon, why: `${name} is not there yet` }];
      if (!found.complete) {
        return [{ addon, why: `${name}: ${found.available} of ${found.wanted} ready` }];
      }
    }
    return [];
  });
  if (behind.length > 0) return { ready: behind };
  const controller = wanted.find(({ addon }) => addon.name === 'hcloud-ccm');
  if (!controller) return { ready: [] };
  const nodes = await ask(async () => parseNodes((await ctx.run(getNodes(kubeconfig))).stdout));
  if ('waiting' in nodes) return nodes;
  const strange = nodes.ready.filter(({ uninitialized }) => uninitialized);
  if (strange.length === 0) return { ready: [] };
  const why = `the cloud controller has not met ${enumerateNames(strange.map(({ name }) => name))}: the token of another project, or another name than the server's`;
  return { ready: [{ addon: controller.addon, why }] };
}
