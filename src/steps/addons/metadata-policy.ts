import {
  isMetadataPolicy,
  metadataAddress,
  metadataPolicy,
  metadataPolicyName,
  policyDefinition,
} from '../../cluster/kubernetes/metadata-policy.js';
import { tool } from '../../lib/commands.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import {
  applyServerSide,
  getCrd,
  getNetworkPolicy,
  isEstablished,
  isNotFound,
  isNothingThere,
  parseNetworkPolicy,
} from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { asked, waitOptions } from '../run/waiting.js';

/** Whether the policy that keeps pods from the metadata service is there, as oxide applies it. */
export async function metadataIsBlocked(ctx: FlowContext): Promise<boolean> {
  const { kubeconfig } = ctx.files;
  try {
    const { stdout } = await ctx.run(getNetworkPolicy(kubeconfig, metadataPolicyName));
    return isMetadataPolicy(parseNetworkPolicy(stdout));
  } catch (error) {
    if (isNotFound(error)) return false;
    // The API says of the policy only that there is nothing at its address: its kind may be missing.
    if (isNothingThere(error) && !(await hasPolicies(ctx))) return false;
    throw error;
  }
}

async function hasPolicies({ run, files }: FlowContext): Promise<boolean> {
  try {
    return isEstablished((await run(getCrd(files.kubeconfig, policyDefinition))).stdout);
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Keeps pods from the metadata service, unless cluster.yaml leaves it open. */
export async function ensureMetadataPolicy(ctx: FlowContext, io: StepIo): Promise<void> {
  if (await metadataIsBlocked(ctx)) {
    io.summary(`${metadataAddress}, closed already`);
    return;
  }
  await waitForPolicies(ctx, io);
  await ctx.run(applyServerSide(ctx.files.kubeconfig, JSON.stringify(metadataPolicy)));
  io.summary(metadataAddress);
}

/** Cilium's operator makes the definitions of its policies itself, once it runs. */
async function waitForPolicies(ctx: FlowContext, io: StepIo): Promise<void> {
  const { kubeconfig } = ctx.files;
  const probe = async (): Promise<Probe<true>> => {
    const found = await asked(ctx, async () =>
      isEstablished((await ctx.run(getCrd(kubeconfig, policyDefinition))).stdout),
    );
    if ('waiting' in found) return found;
    return found.ready ? { ready: true } : { waiting: `${policyDefinition} is being installed` };
  };
  await waitFor(
    "Cilium's operator to bring the kinds of its policies",
    probe,
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.cilium,
      hint: `Look closer: ${tool`kubectl -n kube-system logs deployment/cilium-operator`}\nThe same command goes on from here.`,
    }),
  );
}
