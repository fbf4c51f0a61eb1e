import { expect, test } from 'vitest';
import { parsePodTroubles } from '../../src/tools/pod-troubles.js';

const pod = (name: string, status: object): object => ({ metadata: { name }, status });
const list = (...items: object[]): string => JSON.stringify({ items });

test('of pods of the workload, the container that waits says why', () => {
  // As kubelets write it (pkg/kubelet/kuberuntime, CrashLoopBackOff; Kubernetes 1.36).
  const message =
    'back-off 40s restarting failed container=hcloud-csi-driver pod=hcloud-csi-controller-6b';
  const stdout = list(
    pod('hcloud-csi-controller-6b', {
      containerStatuses: [
        { name: 'csi-attacher', ready: true, restartCount: 0, state: { running: {} } },
        {
          ...{ name: 'hcloud-csi-driver', ready: false, restartCount: 3 },
          state: { waiting: { reason: 'CrashLoopBackOff', message } },
        },
      ],
    }),
    pod('other-1', { containerStatuses: [] }),
  );
  expect(parsePodTroubles(stdout, ['deployment/hcloud-csi-controller'])).toEqual([
    {
      pod: 'hcloud-csi-controller-6b',
      reason: `CrashLoopBackOff: ${message}`,
      crashed: 'hcloud-csi-driver',
    },
  ]);
});

test('of a pod whose containers wait for another one, that one says why', () => {
  // As kubelets write it (pkg/kubelet/kubelet_pods.go, PodInitializing; Kubernetes 1.36).
  const message = 'Back-off pulling image "quay.io/argoproj/argocd:v3.4.4"';
  const stdout = list(
    pod('argocd-repo-server-7c', {
      initContainerStatuses: [
        {
          ...{ name: 'copyutil', ready: false, restartCount: 0 },
          state: { waiting: { reason: 'ImagePullBackOff', message } },
        },
      ],
      containerStatuses: [
        {
          ...{ name: 'repo-server', ready: false, restartCount: 0 },
          state: { waiting: { reason: 'PodInitializing' } },
        },
      ],
    }),
  );
  expect(parsePodTroubles(stdout, ['deployment/argocd-repo-server'])).toMatchObject([
    { reason: `ImagePullBackOff: ${message}` },
  ]);
});

test('a pod that no node takes says so, and one that serves nothing', () => {
  const unschedulable = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
  const stdout = list(
    pod('a-1', { conditions: [{ ...unschedulable, message: '0/1 nodes are available' }] }),
    pod('a-2', { conditions: [{ type: 'Ready', status: 'True' }] }),
  );
  expect(parsePodTroubles(stdout, ['deployment/a'])).toMatchObject([
    { pod: 'a-1', reason: 'Unschedulable: 0/1 nodes are available', crashed: undefined },
  ]);
});
