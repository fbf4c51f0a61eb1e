import { createHash } from 'node:crypto';
import { needsToken } from '../../addons/wanted.js';
import { applyServerSide } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/**
 * Says which token the controllers have, without telling it: so short a digest of so long a random
 * text gives nothing away. Undefined: nothing in the cluster needs one.
 */
export function tokenMarkOf({ config, clusterToken }: FlowContext): string | undefined {
  if (!needsToken(config)) return undefined;
  return createHash('sha256')
    .update(`${config.cluster_name}\n${clusterToken.token.reveal()}`)
    .digest('hex')
    .slice(0, 10);
}

/**
 * Gives Hetzner's controllers their token and their network. It goes to kubectl's input only: an
 * argument or a value of helm could be read by others, and a client-side apply would copy it.
 */
export async function applyTokenSecret(ctx: FlowContext, networkId: number): Promise<void> {
  const { run, files, clusterToken } = ctx;
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name: 'hcloud',
      namespace: 'kube-system',
      labels: { 'app.kubernetes.io/managed-by': 'oxide' },
    },
    data: {
      token: encoded(clusterToken.token.reveal()),
      network: encoded(String(networkId)),
    },
  };
  await run(applyServerSide(files.kubeconfig, JSON.stringify(secret)));
}
