import { servingProblem } from '../kubelets/serving.js';
import { programOf } from '../programs/program.js';
import type { KubeState } from '../state.js';
import { isReady, type KubeNode, type Pod } from '../workloads.js';

/** Two looks at the kubelets, fifteen seconds apart: before that there is no usage to tell. */
const warmUpMs = 30_000;

/** Whether the programs of a running pod are ready: a metrics server is once it has metrics of a node. */
export function isProgramReady(state: KubeState, pod: Pod): boolean {
  const args = scraperArgs(pod);
  if (!args) return true;
  const started = pod.status?.containerStatuses?.[0]?.state.running as
    { readonly startedAt?: string } | undefined;
  if (started?.startedAt === undefined) return false;
  const timer = `warm/${pod.metadata.uid}`;
  const at = Date.parse(started.startedAt) + warmUpMs;
  if (state.now < at) {
    state.timers.start(timer, at);
    return false;
  }
  state.timers.cancel(timer);
  return state.store.list('nodes').some((node) => scrapeProblem(state, node, args) === undefined);
}

/** How a pod's metrics server was started; undefined for all other pods. */
function scraperArgs({ spec }: Pod): readonly string[] | undefined {
  const container = spec.containers.find((item) => programOf(item) === 'metrics-server');
  return container && (container.args ?? []);
}

/** The nodes that the metrics server which answers has metrics of; none when none answers. */
export function scrapedNodes(state: KubeState): KubeNode[] {
  const server = state.store.list('pods').find((pod) => isReady(pod) && scraperArgs(pod));
  const args = server && scraperArgs(server);
  if (!args) return [];
  return state.store.list('nodes').filter((node) => scrapeProblem(state, node, args) === undefined);
}

/**
 * Why the metrics server gets nothing from a node. The words of the certificates are those of
 * kubernetes-sigs/metrics-server, issues 1468 and 1588.
 */
function scrapeProblem(
  state: KubeState,
  node: KubeNode,
  args: readonly string[],
): string | undefined {
  const { name } = node.metadata;
  const kubelet = state.kubelets.get(name);
  const address = addressOf(node);
  const get = `Get "https://${address}:10250/metrics/resource": `;
  if (kubelet?.alive !== true) return `${get}dial tcp ${address}:10250: i/o timeout`;
  const serving = servingProblem(state, name);
  if (serving !== undefined) return get + serving;
  if (kubelet.rotates === true || args.includes('--kubelet-insecure-tls')) return undefined;
  const why = `cannot validate certificate for ${address} because it doesn't contain any IP SANs`;
  return `${get}tls: failed to verify certificate: x509: ${why}`;
}

function addressOf({ status }: KubeNode): string {
  return status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
}

/** What a metrics server writes of its last look (v0.8.1, pkg/scraper/scraper.go and pkg/server/server.go). */
export function scraperLog(state: KubeState, args: readonly string[]): string[] {
  const nodes = state.store.list('nodes');
  const [date = '', time = ''] = new Date(state.now).toISOString().split('T');
  const line = (level: string, rest: string): string =>
    `${level}${date.slice(5).replace('-', '')} ${time.slice(0, 12)}000       1 ${rest}`;
  const failed = nodes.flatMap((node) => {
    const why = scrapeProblem(state, node, args);
    if (why === undefined) return [];
    const err = JSON.stringify(why);
    return line(
      'E',
      `scraper.go:149] "Failed to scrape node" err=${err} node="${node.metadata.name}"`,
    );
  });
  const none = '"Failed probe" probe="metric-storage-ready" err="no metrics to serve"';
  return failed.length < nodes.length ? failed : [...failed, line('I', `server.go:192] ${none}`)];
}
