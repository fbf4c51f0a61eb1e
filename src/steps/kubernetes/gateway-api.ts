import { gatewayApiVersion } from '../../cluster/talos/versions.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import { download } from '../../tools/download.js';
import {
  applyServerSide,
  gatewayBundleOf,
  getCrd,
  isNotFound,
  waitEstablished,
} from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/** The CRDs that Cilium's Gateway controller needs at its start. */
const crds = ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'referencegrants'].map(
  (plural) => `${plural}.gateway.networking.k8s.io`,
);

/** Fetches the Gateway API's manifest that belongs to the cluster's Cilium. */
export async function fetchGatewayApi(ctx: FlowContext): Promise<string> {
  const version = gatewayApiVersion(ctx.config.cilium.version);
  return download({
    url: `${ctx.endpoints.gatewayApi}/${version}/standard-install.yaml`,
    outbound: ctx.endpoints.outbound,
    clock: ctx.clock,
    signal: ctx.signal,
  });
}

/**
 * Installs the Gateway API's CRDs and waits until they are served: Cilium's operator looks for them
 * once, at its start. Applied server-side, because they are too large for a client-side annotation.
 */
export async function ensureGatewayApi(
  ctx: FlowContext,
  manifest: string,
  io: StepIo,
): Promise<void> {
  const { run, files, config } = ctx;
  const version = gatewayApiVersion(config.cilium.version);
  if (await gatewayApiIsInstalled(ctx)) {
    io.summary(`${version}, installed already`);
    return;
  }
  await run(applyServerSide(files.kubeconfig, manifest));
  await run(waitEstablished(files.kubeconfig, crds));
  io.summary(version);
}

/** Whether all CRDs of the release that belongs to the cluster's Cilium are there. */
async function gatewayApiIsInstalled(ctx: FlowContext): Promise<boolean> {
  return (await installedGatewayApi(ctx)) === gatewayApiVersion(ctx.config.cilium.version);
}

/** The release that all of its CRDs are of; undefined when some are missing, or when they are mixed. */
export async function installedGatewayApi(ctx: FlowContext): Promise<string | undefined> {
  const { run, files } = ctx;
  try {
    const found = await inParallel(
      ...crds.map(async (name) =>
        gatewayBundleOf((await run(getCrd(files.kubeconfig, name))).stdout),
      ),
    );
    const [first] = found;
    return found.every((bundle) => bundle === first) ? first : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
