import {
  checkGatewayApi,
  hasGatewayApi,
  neededDefinitions,
  type GatewayApiWish,
  type GatewayDefinition,
} from '../../cluster/kubernetes/gateway-api.js';
import { gatewayWish } from '../../cluster/talos/gateway-wish.js';
import { readGatewayManifest } from '../../cluster/kubernetes/gateway-manifest.js';
import type { Digests } from '../../cluster/kubernetes/used-downloads.js';
import { sha256 } from '../../lib/digest.js';
import { PreconditionError } from '../../lib/errors.js';
import type { StepIo } from '../../lib/step.js';
import { download } from '../../tools/download.js';
import {
  applyServerSide,
  getCrds,
  parseGatewayDefinitions,
  waitEstablished,
} from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/** The Gateway API's manifest, read and found to be what it should. */
export interface FetchedManifest {
  /** Its objects, as kubectl gets them. */
  readonly json: string;
  /** What it is, to be kept with the cluster. */
  readonly digests: Digests;
}

/** Fetches the Gateway API's manifest that belongs to the cluster's Cilium, and reads it. */
export async function fetchGatewayApi(ctx: FlowContext): Promise<FetchedManifest> {
  const { endpoints, clock, signal, config } = ctx;
  const wish = gatewayWish(config);
  const { wanted: version, channel } = wish;
  const url = `${endpoints.gatewayApi}/${version}/${channel}-install.yaml`;
  const text = await download({ url, outbound: endpoints.outbound, clock, signal });
  const read = readGatewayManifest(text, wish);
  if ('json' in read) {
    const label = `Gateway API manifest ${channelled(wish)}`;
    const digests = { [label]: sha256(text) };
    return { json: read.json, digests };
  }
  throw new PreconditionError(
    `what came from ${url} is not the manifest of the Gateway API ${channelled(wish)}: ${read.wrong}`,
    'Nothing of it was applied. See what is there; behind a mirror, OXIDE_GATEWAY_API names its place.',
  );
}

/** `v1.6.1`, or `v1.6.1 (experimental)`. */
function channelled({ wanted, channel }: GatewayApiWish): string {
  return channel === 'standard' ? wanted : `${wanted} (${channel})`;
}

/**
 * Installs the Gateway API's CRDs and waits until they are served: Cilium's operator looks for them
 * once, at its start. Applied server-side, because they are too large for a client-side annotation.
 */
export async function ensureGatewayApi(
  ctx: FlowContext,
  { json, again = false }: Pick<FetchedManifest, 'json'> & { readonly again?: boolean },
  io: StepIo,
): Promise<void> {
  const { run, files, config } = ctx;
  const wish = gatewayWish(config);
  const version = channelled(wish);
  const found = await observeGatewayApi(ctx);
  if (!again && hasGatewayApi(found, wish)) {
    io.summary(`${version}, installed already`);
    return;
  }
  // Again: when the plan was made, Kubernetes may not have been there to be asked.
  checkGatewayApi(found, wish);
  await run(applyServerSide(files.kubeconfig, json));
  await run(waitEstablished(files.kubeconfig, neededDefinitions));
  io.summary(version);
}

/** The definitions that the cluster has of those that Cilium needs. */
export async function observeGatewayApi(ctx: FlowContext): Promise<readonly GatewayDefinition[]> {
  const { run, files } = ctx;
  return parseGatewayDefinitions((await run(getCrds(files.kubeconfig, neededDefinitions))).stdout);
}
