import { isIP } from 'node:net';
import { enumerate } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { atApiServer } from '../../tools/api-server.js';
import { ToolError } from '../../tools/exec.js';
import { readyz } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';

/** Real milliseconds for an answer by way of the name. */
const lookMs = 5_000;

/**
 * Checks whether `talos.cluster_endpoint` leads to the cluster. It is for users, oxide does without:
 * one that leads nowhere yet is a note with the record that has to be set.
 */
export async function checkEndpoint(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
): Promise<void> {
  const endpoint = ctx.config.talos.cluster_endpoint;
  if (endpoint === undefined) return;
  await ctx.step(`Check that ${endpoint} leads to the cluster`, (io) =>
    check(ctx, { endpoint, controlPlanes }, io),
  );
}

interface Question {
  readonly endpoint: string;
  readonly controlPlanes: readonly NodeServer[];
}

async function check(ctx: FlowContext, { endpoint, controlPlanes }: Question, io: StepIo) {
  const failure = await failureAt(ctx, endpoint);
  if (failure === undefined) {
    io.summary('it does');
    return;
  }
  io.summary('not yet');
  const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, '');
  const addresses = controlPlanes.map(({ publicIpv4 }) => publicIpv4);
  io.note(
    isIP(host) === 0
      ? await nameNote(ctx, host, addresses)
      : `${endpoint} of talos.cluster_endpoint does not lead to the cluster yet (${failure}). It has to lead to port 6443 of ${enumerate(addresses)}.`,
  );
}

/** Why the Kubernetes API does not answer there; undefined when it does. */
async function failureAt(ctx: FlowContext, endpoint: string): Promise<string | undefined> {
  try {
    await ctx.run(atApiServer({ ...readyz(ctx.files.kubeconfig), timeoutMs: lookMs }, endpoint));
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return error.reason;
    throw error;
  }
}

async function nameNote(
  ctx: FlowContext,
  name: string,
  addresses: readonly string[],
): Promise<string> {
  const found = await ctx.resolveName(name);
  const seen = found.length === 0 ? 'has no address yet' : `leads to ${enumerate(found)}`;
  const cause = found.some((one) => !addresses.includes(one))
    ? ', where this cluster does not answer'
    : '';
  const trouble =
    found.length > 0 && cause === '' ? ', whose Kubernetes API did not answer by that name' : cause;
  return (
    `${name} ${seen}${trouble}. The kubeconfig leads there: set the DNS record ${name}, type A, ` +
    `to ${enumerate(addresses)}. oxide itself works without it.`
  );
}
