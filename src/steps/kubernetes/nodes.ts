import { contains, parseIpv4Range } from '../../cluster/network/cidr.js';
import { ExitCode, OxideError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { getNodes, parseNodes, type KubeNode } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { askKubernetes, waitOptions, type Ask } from '../run/waiting.js';

/** Waits until every one of these nodes is registered, Ready and known by an address of the subnet. */
export async function waitForNodes(
  ctx: FlowContext,
  names: readonly string[],
  io: StepIo,
): Promise<readonly KubeNode[]> {
  const ask = askKubernetes(ctx);
  const nodes = await waitFor(
    `all ${names.length} nodes to be Ready`,
    () => probeNodes(ctx, names, ask),
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.nodes,
      hint: `Look closer: kubectl --kubeconfig ${ctx.files.kubeconfig} get nodes,pods -A\nThe same command goes on from here.`,
    }),
  );
  io.summary(`${nodes.length} of ${names.length}`);
  return nodes;
}

async function probeNodes(
  ctx: FlowContext,
  names: readonly string[],
  ask: Ask,
): Promise<Probe<readonly KubeNode[]>> {
  const listed = await ask(async () =>
    parseNodes((await ctx.run(getNodes(ctx.files.kubeconfig))).stdout),
  );
  if ('waiting' in listed) return listed;
  const nodes = listed.ready;
  const wanted = names.map((name) => nodes.find((node) => node.name === name));
  const found = wanted.filter((node) => node !== undefined);
  const missing = names.filter((_, i) => wanted[i] === undefined);
  const unready = found.filter(({ ready }) => !ready);
  checkAddresses(ctx, found);
  if (missing.length === 0 && unready.length === 0) return { ready: found };
  const ready = found.length - unready.length;
  const why = [
    ...(missing.length > 0 ? [`not registered: ${enumerate(missing)}`] : []),
    ...unready.slice(0, 1).map(({ name, reason }) => `${name}: ${reason}`),
  ];
  return { waiting: `${ready} of ${names.length} Ready; ${why.join('; ')}` };
}

/** A node known by its public address would send the pods' traffic into the firewall. */
function checkAddresses(ctx: FlowContext, nodes: readonly KubeNode[]): void {
  const subnet = ctx.config.hcloud.network.subnet_cidr;
  const range = parseIpv4Range(subnet);
  for (const { name, internalIp } of nodes) {
    if (internalIp === undefined) continue;
    const inside =
      /^[\d.]+$/.test(internalIp) && contains(range, parseIpv4Range(`${internalIp}/32`));
    if (inside) continue;
    throw new OxideError(`node ${name} registered with ${internalIp}, which is not in ${subnet}`, {
      exitCode: ExitCode.partial,
      hint: 'A patch in cluster.yaml probably changes machine.kubelet.nodeIP. Correct it and make that node anew.',
    });
  }
}
