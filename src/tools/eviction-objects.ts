import { z } from 'zod';
import { readList } from './kubernetes-objects.js';

const stringMap = z.record(z.string(), z.string()).default({});

const volume = z.object({
  emptyDir: z.unknown().optional(),
  hostPath: z.unknown().optional(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
});

const podSchema = z.object({
  metadata: z.object({
    namespace: z.string(),
    name: z.string(),
    labels: stringMap,
    annotations: stringMap,
    ownerReferences: z
      .array(z.object({ kind: z.string(), controller: z.boolean().optional() }))
      .default([]),
  }),
  spec: z.object({ nodeName: z.string().optional(), volumes: z.array(volume).default([]) }),
  status: z.object({ phase: z.string().default('Pending') }).default({ phase: 'Pending' }),
});

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/**
 * Reads `kubectl get pods -o json` for a drain. `localClaims` are the volume claims, as
 * `namespace/name`, whose data is on one node only.
 */
export function parsePodsToEvict(stdout: string, localClaims: ReadonlySet<string>) {
  return readList(stdout, podSchema).map(({ metadata, spec, status }) => {
    const { namespace, name, labels, annotations, ownerReferences } = metadata;
    return {
      ...{ namespace, name, labels, node: spec.nodeName },
      controller: ownerReferences.find(({ controller }) => controller)?.kind,
      mirror: mirrorAnnotation in annotations,
      finished: status.phase === 'Succeeded' || status.phase === 'Failed',
      localData: spec.volumes.some(({ emptyDir, hostPath, persistentVolumeClaim: claim }) => {
        if (emptyDir !== undefined || hostPath !== undefined) return true;
        return claim !== undefined && localClaims.has(`${namespace}/${claim.claimName}`);
      }),
    };
  });
}

const budgetSchema = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  spec: z.object({
    selector: z
      .object({
        matchLabels: stringMap,
        matchExpressions: z
          .array(
            z.object({
              key: z.string(),
              operator: z.string(),
              values: z.array(z.string()).default([]),
            }),
          )
          .default([]),
      })
      .default({ matchLabels: {}, matchExpressions: [] }),
  }),
  status: z
    .object({ disruptionsAllowed: z.number().default(0) })
    .default({ disruptionsAllowed: 0 }),
});

/** Reads `kubectl get poddisruptionbudgets -o json`. */
export function parseBudgets(stdout: string) {
  return readList(stdout, budgetSchema).map(({ metadata, spec, status }) => ({
    ...metadata,
    ...spec.selector,
    allowed: status.disruptionsAllowed,
  }));
}

const volumeSchema = z.object({
  spec: z.object({
    local: z.unknown().optional(),
    hostPath: z.unknown().optional(),
    claimRef: z.object({ namespace: z.string(), name: z.string() }).optional(),
  }),
});

/** The claims, as `namespace/name`, that are bound to a volume on one node's own disk. */
export function parseLocalClaims(stdout: string): ReadonlySet<string> {
  const claims = readList(stdout, volumeSchema).flatMap(({ spec }) => {
    const isLocal = spec.local !== undefined || spec.hostPath !== undefined;
    return isLocal && spec.claimRef ? [`${spec.claimRef.namespace}/${spec.claimRef.name}`] : [];
  });
  return new Set(claims);
}
