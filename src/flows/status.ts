import { observeInstalled } from '../steps/addons/kubernetes-state.js';
import { withOwnNamespaces } from '../steps/addons/release-source.js';
import { observeKnownNodes } from '../steps/observe/known-nodes.js';
import { withFoundEndpoint } from '../cluster/network/api-endpoint.js';
import { clusterStatus } from '../cluster/status/cluster-status.js';
import type { ClusterState } from '../cluster/state/cluster-state.js';
import type { StatusReport } from '../cluster/status/report.js';
import { buildNotes } from '../cluster/catalogue/seen-builds.js';
import { OxideError, PreconditionError } from '../lib/errors.js';
import { inParallel } from '../lib/parallel.js';
import { plural } from '../lib/format.js';
import type { StepIo } from '../lib/step.js';
import { steadyTime, wallClock } from '../lib/wait.js';
import { observeUnused } from '../steps/ownership/unused.js';
import type { FlowContext } from '../steps/run/context.js';
import {
  probeAccessFiles,
  probeCertificates,
  probeMembers,
  probeWorkloads,
  probeNodes,
  observeExisting,
} from '../steps/observe/probes.js';
import { probeTalos } from '../steps/observe/talos-probes.js';
import { lookOnce } from '../steps/observe/one-look.js';
import { readAddressPrice } from '../steps/observe/observe.js';
import { withSharedAnswers } from '../steps/observe/shared-looks.js';
import { shortLooks, withShortTimeouts } from '../steps/observe/short-looks.js';
import { publicIpv4 } from '../steps/access/own-address.js';
import { remarkOnSecrets } from '../steps/talos/secrets.js';

/**
 * How the cluster is: what Hetzner has of it, what Talos, etcd and Kubernetes say, and what differs
 * from cluster.yaml. Changes nothing. What does not answer two short questions is unknown, with the
 * reason. Throws a PreconditionError when the cluster does not exist, and a TimeoutError when this machine
 * is too busy to tell. `now`: its steady real milliseconds.
 */
export async function status(ctx: FlowContext, now = steadyTime): Promise<StatusReport> {
  const looks = shortLooks(ctx, now);
  const shared = withSharedAnswers(looks.ctx);
  const report = await look(shared, surroundingsOf(shared));
  looks.demandTime();
  return report;
}

/** What changes seldom: a watch reads it once, because requests are counted. */
type Surroundings = ReturnType<typeof surroundingsOf>;

function surroundingsOf(ctx: FlowContext) {
  return ctx.step('Look at prices and at what is not used', () =>
    inParallel(readAddressPrice(ctx), observeUnused(ctx), publicIpv4(ctx)),
  );
}

async function look(ctx: FlowContext, surroundings: Surroundings): Promise<StatusReport> {
  const { step } = ctx;
  const [[prices, resources, ownAddress], servers, access] = await inParallel(
    surroundings,
    lookAtServers(ctx).catch((error: unknown) => withBuilds(ctx, error, surroundings)),
    probeAccessFiles(ctx),
  );
  const { found, builds } = resources;
  const { told, ...around } = servers;
  const { seen, state } = around;
  const config = withFoundEndpoint(ctx.config, state);
  const nodes = 'nodes' in seen ? seen.nodes : [];
  const { known } = await step('Ask what the nodes are made of', () =>
    observeKnownNodes(ctx, { state, nodes, look: told }),
  );
  return clusterStatus({
    known,
    ...{ config, prices, ownAddress, ...around, ...access },
    resources: found.filter(({ owner, left }) => owner !== 'other' || left === true),
    builds: { ...builds, now: ctx.hetzner.now() },
    now: wallClock(),
  });
}

/** Nothing is there of the cluster; what builds of images left may be there and cost all the same. */
async function withBuilds(
  { hetzner }: FlowContext,
  error: unknown,
  surroundings: Surroundings,
): Promise<never> {
  if (!(error instanceof OxideError) || error.errorCode !== 'cluster.missing') throw error;
  const around = await surroundings.catch(() => undefined);
  const notes = around ? buildNotes(around[1].builds, hetzner.now()) : [];
  throw new PreconditionError(error.message, [error.hint, ...notes].join('\n'), error.errorCode);
}

async function lookAtServers(ctx: FlowContext) {
  const { step } = ctx;
  const state = await step('Look at what exists', () => observeExisting(ctx));
  const kubernetes = step('Ask Kubernetes', (io) => lookIntoKubernetes(ctx, state, io));
  const nodes = kubernetes.then(({ seen }) => ('nodes' in seen ? seen.nodes : []));
  const [inside, talos, members, secretsRemark] = await inParallel(
    kubernetes,
    step('Ask Talos', (io) => probeTalos(ctx, { state, nodes }, io)),
    probeMembers(ctx, state),
    remarkOnSecrets(ctx, state),
  );
  return { state, told: undefined, ...inside, talos, members, secretsRemark };
}

/**
 * One call tells all of it. Where that fails it is asked piece by piece, and only when it answers: the
 * reason why it does not is told once, and it is asked through the control plane that did.
 */
async function lookIntoKubernetes(ctx: FlowContext, state: ClusterState, io: StepIo) {
  const found = await lookOnce(ctx, state);
  if (found) {
    const told = await withOwnNamespaces(ctx, found);
    io.summary(plural(told.nodes.length, 'node'));
    const { nodes, certificates } = told;
    const installed = await observeInstalled(ctx, told);
    return { seen: { nodes }, certificates, installed, told, view: told };
  }
  const seen = await probeNodes(ctx, state, io);
  if ('unknown' in seen) return { seen, certificates: [], installed: seen, view: undefined };
  const [certificates, installed, workloads] = await inParallel(
    probeCertificates(ctx),
    observeInstalled(ctx),
    probeWorkloads(ctx),
  );
  return { seen, certificates, installed, view: workloads && { workloads, nodes: seen.nodes } };
}

export interface Watch {
  readonly show: (report: StatusReport) => void;
  /** Waits until the next look; rejects when the run is interrupted. */
  readonly pause: () => Promise<void>;
}

/** Looks again and again until it is interrupted, and returns the last that was seen. */
export async function watchStatus(ctx: FlowContext, { show, pause }: Watch): Promise<StatusReport> {
  const hurried = withShortTimeouts(ctx);
  const shared = withSharedAnswers(hurried);
  const surroundings = surroundingsOf(shared);
  let last = await look(shared, surroundings);
  try {
    for (;;) {
      show(last);
      await pause();
      last = await look(withSharedAnswers(hurried), surroundings);
    }
  } catch (error) {
    if (ctx.signal.aborted) return last;
    throw error;
  }
}
