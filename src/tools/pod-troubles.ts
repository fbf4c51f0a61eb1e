import { z } from 'zod';
import { readList } from './kubernetes-objects.js';

/** Why a pod does not serve. */
export interface PodTrouble {
  readonly pod: string;
  /** In Kubernetes' words: `CrashLoopBackOff: back-off 40s restarting failed container`. */
  readonly reason: string;
  /** The container that crashed, whose last words may say why; undefined: none did. */
  readonly crashed: string | undefined;
}

const containerSchema = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  state: z
    .object({
      waiting: z
        .object({ reason: z.string().default(''), message: z.string().default('') })
        .optional(),
    })
    .default({}),
});

const podSchema = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .default([]),
      initContainerStatuses: z.array(containerSchema).default([]),
      containerStatuses: z.array(containerSchema).default([]),
    })
    .prefault({}),
});

type Pod = z.output<typeof podSchema>;

/** What is wrong with the pods of these workloads (`deployment/hcloud-csi-controller`) in `kubectl get pods -o json`. */
export function parsePodTroubles(
  stdout: string,
  workloads: readonly string[],
): readonly PodTrouble[] {
  // Controllers name their pods after themselves.
  const prefixes = workloads.map((name) => `${name.replace(/^.*\//, '')}-`);
  return readList(stdout, podSchema)
    .filter(({ metadata }) => prefixes.some((prefix) => metadata.name.startsWith(prefix)))
    .flatMap((pod) => troubleOf(pod) ?? []);
}

function troubleOf({ metadata, status }: Pod): PodTrouble | undefined {
  // Those that come first keep the others waiting, who say no more than that.
  const containers = [...status.initContainerStatuses, ...status.containerStatuses];
  const waiting = containers.find(({ ready, state }) => !ready && state.waiting);
  if (waiting?.state.waiting) {
    const { reason, message } = waiting.state.waiting;
    return {
      pod: metadata.name,
      reason: told(reason, message),
      crashed: waiting.restartCount > 0 ? waiting.name : undefined,
    };
  }
  const unmet = status.conditions.find(
    ({ type, status: is }) => ['PodScheduled', 'Ready'].includes(type) && is === 'False',
  );
  if (!unmet) return undefined;
  const crashed = containers.find(({ ready, restartCount }) => !ready && restartCount > 0);
  return {
    pod: metadata.name,
    reason: told(unmet.reason, unmet.message),
    crashed: crashed?.name,
  };
}

function told(reason: string, message: string): string {
  return [reason, message].filter((part) => part !== '').join(': ') || 'not ready';
}
