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
    deletionTimestamp: z.string().optional(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), controller: z.boolean().optional() }))
      .default([]),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    volumes: z.array(volume).default([]),
    tolerations: z
      .array(
        z.object({
          key: z.string().default(''),
          operator: z.string().default('Equal'),
          effect: z.string().default(''),
        }),
      )
      .default([]),
  }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    })
    .prefault({}),
});

type Toleration = z.output<typeof podSchema>['spec']['tolerations'][number];

/** A cordoned node has this taint; a toleration without a key bears every one. */
function bearsCordon({ key, operator, effect }: Toleration): boolean {
  const isMeant =
    key === 'node.kubernetes.io/unschedulable' || (key === '' && operator === 'Exists');
  return isMeant && (effect === '' || effect === 'NoSchedule');
}

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/**
 * Reads `kubectl get pods -o json` for a drain. `localClaims` are the volume claims, as
 * `namespace/name`, whose data is on one node only.
 */
export function parsePodsToEvict(stdout: string, localClaims: ReadonlySet<string>) {
  return readList(stdout, podSchema).map(({ metadata, spec, status }) => {
    const { namespace, name, labels, annotations, ownerReferences } = metadata;
    const { phase, conditions } = status;
    return {
      ...{ namespace, name, labels, node: spec.nodeName },
      controller: ownerReferences.find(({ controller }) => controller)?.kind,
      mirror: mirrorAnnotation in annotations,
      finished: phase === 'Succeeded' || phase === 'Failed',
      pending: phase === 'Pending',
      ready: conditions.some((one) => one.type === 'Ready' && one.status === 'True'),
      ending: metadata.deletionTimestamp !== undefined,
      ignoresCordon: spec.tolerations.some(bearsCordon),
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
    unhealthyPodEvictionPolicy: z.string().default('IfHealthyBudget'),
    // Without one it covers no pod, with an empty one all of its namespace.
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
      .optional(),
  }),
  status: z
    .object({
      disruptionsAllowed: z.number().default(0),
      currentHealthy: z.number().default(0),
      desiredHealthy: z.number().default(0),
    })
    .prefault({}),
});

/** Reads `kubectl get poddisruptionbudgets -o json`. */
export function parseBudgets(stdout: string) {
  return readList(stdout, budgetSchema).map(({ metadata, spec, status }) => ({
    ...metadata,
    selector: spec.selector,
    allowed: status.disruptionsAllowed,
    letsUnreadyGo:
      spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
      (status.desiredHealthy > 0 && status.currentHealthy >= status.desiredHealthy),
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
