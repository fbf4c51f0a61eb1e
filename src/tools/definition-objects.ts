import { z } from 'zod';
import { readList, readObject, stringMap } from './kubernetes-objects.js';

const crdSchema = z.object({ metadata: z.object({ name: z.string(), annotations: stringMap }) });

/** CRDs of the Gateway API with the release (`v1.4.1`) and the channel that each is from. */
export function parseGatewayDefinitions(stdout: string): readonly GatewayDefinition[] {
  if (stdout.trim() === '') return [];
  return readList(stdout, crdSchema).map(({ metadata: { name, annotations } }) => {
    const of = (key: string): string | undefined => annotations[`gateway.networking.k8s.io/${key}`];
    return { name, bundle: of('bundle-version'), channel: of('channel') };
  });
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

/** See `parseGatewayDefinitions`. */
export interface GatewayDefinition {
  readonly name: string;
  readonly bundle: string | undefined;
  readonly channel: string | undefined;
}
