import { requestServingCertificates, requests } from '../kubelets/serving.js';
import { builtinTypes } from '../resource-table.js';
import { storeKey } from '../resources.js';
import type { KubeState } from '../state.js';
import { furnishNamespaces } from './accounts.js';
import { apiServices, reconcileApiServices } from './api-services.js';
import { reconcileAutoscalers } from './autoscalers.js';
import { certManagerKinds, runCertManager } from './cert-manager.js';
import { approveCertificates, signCertificates } from './certificates.js';
import { defineCiliumKinds } from './cilium-definitions.js';
import { reconcileClaims } from './claims.js';
import { runCloudController } from './cloud/controller.js';
import { reconcileDaemonSets } from './daemon-sets.js';
import { reconcileDefinitions } from './definitions.js';
import { reconcileDeployments } from './deployments.js';
import { reconcileBudgets } from './disruption-budgets.js';
import { reconcileEndpoints } from './endpoints.js';
import { collectGarbage } from './garbage.js';
import { reconcileJobs } from './jobs.js';
import { emptyNamespaces } from './namespaces.js';
import { publishNodeAddresses } from './node-ipam.js';
import { reconcileNodes } from './nodes.js';
import { runPods } from './pods.js';
import { reconcileQuotas } from './quotas.js';
import { reconcileReplicaSets } from './replica-sets.js';
import { schedulePods } from './scheduler.js';
import { reconcileStatefulSets } from './stateful-sets.js';
import { reconcileAttachments } from './storage/attach-detach.js';
import { registerDrivers } from './storage/csi-nodes.js';
import { growFileSystems } from './storage/expand.js';
import { runStorageDriver } from './storage/hetzner-volumes.js';
import { reconcileTalosAccounts } from './talos-accounts.js';
import { evictFromTainted } from './taint-eviction.js';

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

interface Controller {
  readonly run: (state: KubeState) => void;
  /** What it looks at: it has nothing to do until something of this changes, or time passes. */
  readonly reads: readonly string[];
}

const apps = ['deployments.apps', 'replicasets.apps', 'daemonsets.apps', 'statefulsets.apps'];

const storage = [
  ...['persistentvolumeclaims', 'persistentvolumes', 'pods'],
  ...['storageclasses.storage.k8s.io', 'csinodes.storage.k8s.io'],
  'volumeattachments.storage.k8s.io',
];

/** A quota can count objects of any kind. */
const countable = builtinTypes().map(storeKey);

/** In the order in which they run. */
const controllers: readonly Controller[] = [
  { run: furnishNamespaces, reads: ['namespaces', 'serviceaccounts', 'configmaps'] },
  { run: emptyNamespaces, reads: ['namespaces'] },
  { run: defineCiliumKinds, reads: ['deployments.apps', definitions] },
  { run: reconcileDefinitions, reads: [definitions] },
  { run: reconcileNodes, reads: ['nodes', 'pods'] },
  { run: evictFromTainted, reads: ['nodes', 'pods'] },
  { run: reconcileAutoscalers, reads: ['horizontalpodautoscalers.autoscaling', ...apps] },
  {
    run: reconcileDeployments,
    reads: ['deployments.apps', 'replicasets.apps', 'pods'],
  },
  { run: reconcileReplicaSets, reads: ['replicasets.apps', 'pods', 'serviceaccounts'] },
  { run: reconcileDaemonSets, reads: ['daemonsets.apps', 'pods', 'nodes', 'serviceaccounts'] },
  { run: reconcileStatefulSets, reads: ['statefulsets.apps', 'pods', 'serviceaccounts'] },
  { run: reconcileJobs, reads: ['jobs.batch', 'pods', 'serviceaccounts'] },
  { run: reconcileClaims, reads: storage },
  { run: schedulePods, reads: ['pods', 'nodes', 'persistentvolumeclaims'] },
  { run: reconcileAttachments, reads: [...storage, 'nodes'] },
  { run: approveCertificates, reads: ['nodes', 'pods', requests] },
  { run: signCertificates, reads: [requests] },
  { run: requestServingCertificates, reads: ['nodes', requests] },
  { run: runPods, reads: ['nodes', 'configmaps', 'secrets', requests, ...storage] },
  { run: reconcileTalosAccounts, reads: ['secrets', 'serviceaccounts.talos.dev'] },
  { run: registerDrivers, reads: ['pods', 'nodes', 'csinodes.storage.k8s.io'] },
  { run: growFileSystems, reads: ['pods', 'persistentvolumeclaims'] },
  { run: reconcileEndpoints, reads: ['services', 'pods', 'nodes', 'endpoints'] },
  { run: runCloudController, reads: ['nodes', 'services', 'pods'] },
  { run: runStorageDriver, reads: [...storage, 'nodes'] },
  {
    run: publishNodeAddresses,
    reads: ['nodes', 'services', 'pods', 'configmaps', 'deployments.apps'],
  },
  { run: reconcileApiServices, reads: ['services', 'endpoints', apiServices] },
  { run: runCertManager, reads: ['pods', 'secrets', ...certManagerKinds] },
  { run: reconcileBudgets, reads: ['poddisruptionbudgets.policy', 'pods', ...apps] },
  { run: reconcileQuotas, reads: countable },
];

/** The controllers of one cluster, and up to where each of them has seen what happened. */
export class Controllers {
  readonly #seen = new Map<Controller, number>();
  #collected = -1;

  /**
   * Runs them until none has anything left to do at this moment: all when time has passed or
   * kubelets came and went, else those that look at what has changed.
   */
  run(state: KubeState, why: 'time' | 'changes'): void {
    if (why === 'time') this.#seen.clear();
    for (let round = 0; round < 200; round++) {
      const before = state.store.revision;
      for (const controller of controllers) this.#runOne(state, controller);
      this.#collectGarbage(state);
      if (state.store.revision === before) return;
    }
    throw new Error('the simulated controllers do not come to rest');
  }

  #runOne(state: KubeState, controller: Controller): void {
    const { store } = state;
    const seen = this.#seen.get(controller);
    if (seen !== undefined && store.changedAt(controller.reads) <= seen) return;
    this.#seen.set(controller, store.revision);
    controller.run(state);
  }

  #collectGarbage(state: KubeState): void {
    // Nothing owns events, and nothing is owned by them.
    const changed = state.store.changedBeside('events');
    if (this.#collected >= changed) return;
    this.#collected = changed;
    collectGarbage(state);
  }
}
