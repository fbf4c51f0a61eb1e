import { contains, parseIpv4Range } from '../../cluster/network/cidr.js';
import { nodeOfServer, serverAndNode } from '../../cluster/state/nodes.js';
import { oxide, tool } from '../../lib/commands.js';
import { ExitCode, OxideError } from '../../lib/errors.js';
import { enumerateNames } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { getNodes, parseNodes, type KubeNode } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { askKubernetes, waitOptions, type Ask } from '../run/waiting.js';

/** Waits until every one of these servers is a node that is Ready and known by an address of the subnet. */
export async function waitForNodes(
  ctx: FlowContext,
  servers: readonly NodeServer[],
  io: StepIo,
): Promise<readonly KubeNode[]> {
  const ask = askKubernetes(ctx);
  const nodes = await waitFor(
    `all ${servers.length} nodes to be Ready`,
    () => probeNodes(ctx, servers, ask),
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.nodes,
      hint: `Look closer: ${tool`kubectl get nodes,pods -A`}\nThe same command goes on from here. A node that is dead: ${oxide`repair`} makes it anew.`,
    }),
  );
  io.summary(`${nodes.length} of ${servers.length}`);
  return nodes;
}

async function probeNodes(
  ctx: FlowContext,
  servers: readonly NodeServer[],
  ask: Ask,
): Promise<Probe<readonly KubeNode[]>> {
  const listed = await ask(async () =>
    parseNodes((await ctx.run(getNodes(ctx.files.kubeconfig))).stdout),
  );
  if ('waiting' in listed) return listed;
  const nodes = listed.ready;
  checkAddresses(ctx, nodes, servers);
  const wanted = servers.map((server) => ({ server, node: nodeOfServer(nodes, server) }));
  const found = wanted.flatMap(({ node }) => node ?? []);
  const missing = wanted.flatMap(({ server, node }) => (node ? [] : server.name));
  const unready = wanted.filter(({ node }) => node?.ready === false);
  if (missing.length === 0 && unready.length === 0) return { ready: found };
  const ready = found.length - unready.length;
  const why = [
    ...(missing.length > 0 ? [`not registered: ${enumerateNames(missing)}`] : []),
    ...unready
      .slice(0, 1)
      .map(({ server, node }) => `${serverAndNode(server, node)}: ${node?.reason ?? ''}`),
  ];
  return { waiting: `${ready} of ${servers.length} Ready; ${why.join('; ')}` };
}

/**
 * A node known by its public address would send the pods' traffic into the firewall. It is found by
 * that address or, only for this error, by its name: what ties it to its server is what is wrong.
 */
function checkAddresses(
  ctx: FlowContext,
  nodes: readonly KubeNode[],
  servers: readonly NodeServer[],
): void {
  const subnet = ctx.config.hcloud.network.subnet_cidr;
  const range = parseIpv4Range(subnet);
  for (const { name, internalIp } of nodes) {
    const awaited = servers.some(
      (server) => server.publicIpv4 === internalIp || server.name.toLowerCase() === name,
    );
    if (internalIp === undefined || !awaited) continue;
    const inside =
      /^[\d.]+$/.test(internalIp) && contains(range, parseIpv4Range(`${internalIp}/32`));
    if (inside) continue;
    throw new OxideError(`node ${name} registered with ${internalIp}, which is not in ${subnet}`, {
      exitCode: ExitCode.partial,
      hint: 'A patch in cluster.yaml probably changes machine.kubelet.nodeIP. Correct it and make that node anew.',
    });
  }
}
