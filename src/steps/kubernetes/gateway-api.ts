import { readGatewayManifest } from '../../cluster/kubernetes/gateway-manifest.js';
import type { UsedDownload } from '../../cluster/kubernetes/used-downloads.js';
import { gatewayApiVersion } from '../../cluster/talos/versions.js';
import { sha256 } from '../../lib/digest.js';
import { PreconditionError } from '../../lib/errors.js';
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

/** The Gateway API's manifest, read and found to be what it should. */
export interface FetchedManifest {
  /** Its objects, as kubectl gets them. */
  readonly json: string;
  /** What it is, to be kept with the cluster. */
  readonly used: UsedDownload;
}

/** Fetches the Gateway API's manifest that belongs to the cluster's Cilium, and reads it. */
export async function fetchGatewayApi(ctx: FlowContext): Promise<FetchedManifest> {
  const { endpoints, clock, signal, config } = ctx;
  const version = gatewayApiVersion(config.cilium.version);
  const url = `${endpoints.gatewayApi}/${version}/standard-install.yaml`;
  const text = await download({ url, outbound: endpoints.outbound, clock, signal });
  const read = readGatewayManifest(text, version);
  if ('json' in read) {
    const used = { what: 'Gateway API manifest', version, sha256: sha256(text) } as const;
    return { json: read.json, used };
  }
  throw new PreconditionError(
    `what came from ${url} is not the manifest of the Gateway API ${version}: ${read.wrong}`,
    'Nothing of it was applied. See what is there; behind a mirror, OXIDE_GATEWAY_API names its place.',
  );
}

/**
 * Installs the Gateway API's CRDs and waits until they are served: Cilium's operator looks for them
 * once, at its start. Applied server-side, because they are too large for a client-side annotation.
 */
export async function ensureGatewayApi(
  ctx: FlowContext,
  { json }: FetchedManifest,
  io: StepIo,
): Promise<void> {
  const { run, files, config } = ctx;
  const version = gatewayApiVersion(config.cilium.version);
  if (await gatewayApiIsInstalled(ctx)) {
    io.summary(`${version}, installed already`);
    return;
  }
  await run(applyServerSide(files.kubeconfig, json));
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
