import { z } from 'zod';
import { readObject, stringMap } from './kubernetes-objects.js';

const crdSchema = z.object({ metadata: z.object({ name: z.string(), annotations: stringMap }) });

/** A CRD of the Gateway API with the release (`v1.4.1`) and the channel that it is from. */
export function parseGatewayDefinition(stdout: string): GatewayDefinition {
  const { name, annotations } = readObject(stdout, crdSchema).metadata;
  const of = (key: string): string | undefined => annotations[`gateway.networking.k8s.io/${key}`];
  return { name, bundle: of('bundle-version'), channel: of('channel') };
}

const establishedSchema = z.object({
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .default({ conditions: [] }),
});

/** Whether the API serves the kind of a CRD. */
export function isEstablished(stdout: string): boolean {
  const { conditions } = readObject(stdout, establishedSchema).status;
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}

const networkPolicySchema = z.object({
  spec: z.unknown().optional(),
  specs: z.unknown().optional(),
});

/** The rules of a network policy of Cilium. */
export function parseNetworkPolicy(stdout: string): {
  readonly spec?: unknown;
  readonly specs?: unknown;
} {
  return readObject(stdout, networkPolicySchema);
}

/** See `parseGatewayDefinition`. */
export interface GatewayDefinition {
  readonly name: string;
  readonly bundle: string | undefined;
  readonly channel: string | undefined;
}
