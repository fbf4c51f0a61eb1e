import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { scale } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import type { Role } from '../../src/cluster/state/cluster-state.js';
import { administer } from '../helpers/administer.js';
import type { Rehearsal } from '../helpers/open-rehearsal.js';
import type { Command } from './measure.js';

/** `oxide create` */
export const makeCluster: Command = ({ ctx }) => create(ctx);

/** `oxide status` */
export const lookAtCluster: Command = ({ ctx }) => status(ctx);

/** `oxide destroy --yes` */
export const destroyCluster: Command = ({ ctx }) =>
  destroy(ctx, {
    ...{ deleteVolumes: false, deleteLoadBalancers: false, dryRun: false },
    confirm: () => Promise.resolve(true),
  });

/** `oxide scale … --yes` */
export function scaleTo(role: Role, count: number): Command {
  return ({ ctx }) =>
    scale(ctx, {
      wish: { role, count, pool: undefined, nodes: [], force: false },
      drainTimeoutMs: 10 * 60_000,
      confirm: () => Promise.resolve(true),
    });
}

/** Pods that take half a minute to end, one for each worker. */
export async function addSlowPods(rehearsal: Rehearsal, replicas: number): Promise<void> {
  const labels = { app: 'slow' };
  await administer(rehearsal, {
    method: 'POST',
    path: '/apis/apps/v1/namespaces/default/deployments',
    body: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'slow', namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                name: 'slow',
                image: 'nginx:1.29',
                lifecycle: { preStop: { sleep: { seconds: 27 } } },
              },
            ],
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: labels },
              },
            ],
          },
        },
      },
    },
  });
  await rehearsal.clock.sleep(60_000);
}
