import { isIP } from 'node:net';
import { oxide, tool } from '../../lib/commands.js';
import { enumerate } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { atApiServer } from '../../tools/api-server.js';
import { ToolError } from '../../tools/exec.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { lookMs } from '../observe/short-looks.js';
import { apiServerOf } from '../run/api-servers.js';
import { readyz } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { waitOptions } from '../run/waiting.js';

/**
 * Checks whether the address in the kubeconfig leads to the cluster: it is for users, oxide does
 * without. A `talos.cluster_endpoint` that leads nowhere yet is a note with the record to set.
 */
export async function checkEndpoint(
  ctx: FlowContext,
  controlPlanes: readonly NodeServer[],
): Promise<void> {
  const name = ctx.config.talos.cluster_endpoint;
  const { published } = ctx.apiServers;
  const own = published === undefined ? controlPlanes : [{ publicIpv4: published }];
  const endpoint = name ?? own.map(apiServerOf)[0] ?? '';
  await ctx.step(`Check that ${endpoint} leads to the cluster`, (io) =>
    name === undefined && published === undefined
      ? waitForAnswer(ctx, endpoint, io)
      : check(ctx, { endpoint, controlPlanes }, io),
  );
}

/** The first control plane's own API starts a moment after its etcd. */
async function waitForAnswer(ctx: FlowContext, endpoint: string, io: StepIo): Promise<void> {
  await waitFor(
    `the Kubernetes API (${endpoint})`,
    async (): Promise<Probe<true>> => {
      const failure = await failureAt(ctx, endpoint);
      return failure === undefined ? { ready: true } : { waiting: failure };
    },
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.kubernetes,
      hint: `The cluster is whole, and the kubeconfig leads there. Another control plane: ${oxide`kubeconfig`}`,
    }),
  );
  io.summary('it does');
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
  io.unmet('not yet');
  if (ctx.config.talos.cluster_endpoint === undefined) {
    io.note(
      `The load balancer at ${endpoint} does not lead to the cluster yet (${failure}). ${strangeAddressNote(ctx.apiServers.published ?? '')}`,
    );
    return;
  }
  const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, '');
  const addresses = controlPlanes.map(({ publicIpv4 }) => publicIpv4);
  io.note(
    isIP(host) === 0
      ? await nameNote(ctx, host, addresses)
      : `${endpoint} of talos.cluster_endpoint does not lead to the cluster yet (${failure}). It has to lead to port 6443 of ${enumerate(addresses)}.`,
  );
}

/**
 * Talos takes both lists without a reboot, makes new certificates and starts the API server of that node
 * again (v1.13.9, v1alpha1_runtime.go, CanApplyImmediate; k8s/control_plane_static_pod.go).
 */
function strangeAddressNote(address: string): string {
  const names = { certSANs: [address] };
  const patch = JSON.stringify({ machine: names, cluster: { apiServer: names } });
  const command = tool`talosctl patch machineconfig --endpoints ADDRESS --nodes ADDRESS --patch ${patch}`;
  return (
    'One that was made anew has addresses that the certificates of older nodes lack. They get it without a reboot, one control plane after ' +
    `the other by its public address: ${command}; ${oxide`replace NODE`} makes nodes with it. ` +
    'Until then, api.load_balancer.public: false leads the kubeconfig to a control plane.'
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
  const record = `Users reach it there by the kubeconfig: set the DNS record ${name}, type A, to ${enumerate(addresses)}. oxide itself works without it.`;
  if (found.length === 0) return `${name} has no address yet. ${record}`;
  const isElsewhere = found.some((one) => !addresses.includes(one));
  const why = isElsewhere
    ? 'where this cluster does not answer'
    : 'which do not answer by that name';
  return `${name} leads to ${enumerate(found)}, ${why}. ${record}`;
}
