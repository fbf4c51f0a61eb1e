import { tell } from '../../events.js';
import { hasFinalizer, removeFinalizer } from '../../finalizers.js';
import { ask, isRunning } from '../../hetzner-client.js';
import { objectOr, same, type JsonObject } from '../../json.js';
import type { KubeObject } from '../../objects.js';
import { contentHash, type KubeState } from '../../state.js';
import { findBalancer, nextStep } from './balancer.js';
import type { CloudSettings } from './settings.js';
import { ingressOf, wishOf } from './wishes.js';

const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
/** How often an action of Hetzner is asked about. */
const pollMs = 1_000;
/** How long a failure is left alone (k8s.io/cloud-provider, minRetryDelay and maxRetryDelay). */
const retryMs = { first: 5_000, last: 300_000 };

/** Keeps a load balancer at Hetzner for each Service that wants one of the default class. */
export function reconcileBalancers(state: KubeState, settings: CloudSettings): void {
  for (const service of state.store.list('services')) {
    const spec = objectOr(service.spec);
    const isWanted =
      spec['type'] === 'LoadBalancer' &&
      (spec['loadBalancerClass'] === undefined || spec['loadBalancerClass'] === '') &&
      service.metadata.deletionTimestamp === undefined;
    if (!isWanted && !hasFinalizer(service, finalizer)) continue;
    new ServiceSync(state, settings, service).run(isWanted);
  }
}

/** One look at one Service: at most one change of its load balancer, then what came of it is awaited. */
class ServiceSync {
  readonly #state: KubeState;
  readonly #settings: CloudSettings;
  readonly #service: KubeObject;

  constructor(state: KubeState, settings: CloudSettings, service: KubeObject) {
    this.#state = state;
    this.#settings = settings;
    this.#service = service;
  }

  run(isWanted: boolean): void {
    const { timers, now } = this.#state;
    const timer = this.#key('next');
    const isDue = timers.fires(timer, now);
    if (!isDue && timers.isRunning(timer)) return;
    try {
      if (this.#isBusy()) this.#again(pollMs);
      else if (isWanted) this.#ensure();
      else this.#delete();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#failed(isWanted, error.message);
    }
  }

  #key(what: string): string {
    return `cloud-controller/${what}/${this.#service.metadata.uid}`;
  }

  #again(ms: number): void {
    this.#state.timers.start(this.#key('next'), this.#state.now + ms);
  }

  #isBusy(): boolean {
    const { memory } = this.#state;
    const action = memory.get(this.#key('action'));
    if (action === undefined) return false;
    if (isRunning(this.#state, this.#settings.token, action)) return true;
    memory.delete(this.#key('action'));
    return false;
  }

  #ensure(): void {
    const { memory } = this.#state;
    const nodes = this.#state.store.list('nodes').map(({ metadata, spec }) => ({
      ...{ name: metadata.name, labels: metadata.labels, id: spec.providerID },
      out: metadata.deletionTimestamp !== undefined,
    }));
    const { spec, metadata } = this.#service;
    const asked = contentHash({ spec, annotations: metadata.annotations, nodes });
    if (memory.get(this.#key('done')) === asked) return;
    this.#hold();
    const wish = wishOf(this.#state, this.#service, this.#settings);
    const { uid } = metadata;
    const balancer = findBalancer(this.#state, this.#settings, { uid, name: wish.name });
    const step = nextStep(this.#state, this.#settings, { uid, wish, balancer });
    if (step) {
      const { action } = ask(this.#state, { ...step, token: this.#settings.token });
      if (action) memory.set(this.#key('action'), String(objectOr(action)['id']));
      this.#again(pollMs);
      return;
    }
    memory.set(this.#key('done'), asked);
    memory.delete(this.#key('failures'));
    if (balancer) this.#publish(balancer);
    this.#tell('EnsuredLoadBalancer', 'Ensured load balancer');
  }

  /** From now on the Service stays until its load balancer is gone. */
  #hold(): void {
    const current = this.#current();
    if (!current || hasFinalizer(current, finalizer)) return;
    this.#tell('EnsuringLoadBalancer', 'Ensuring load balancer');
    const finalizers = [...(current.metadata.finalizers ?? []), finalizer];
    this.#state.store.put('services', {
      ...current,
      metadata: { ...current.metadata, finalizers },
    });
  }

  #publish(balancer: JsonObject): void {
    const current = this.#current();
    if (!current) return;
    const ingress = ingressOf(current, balancer, this.#settings);
    const status = objectOr(current.status);
    if (same(objectOr(status['loadBalancer'])['ingress'], ingress)) return;
    this.#state.store.put('services', {
      ...current,
      status: { ...status, loadBalancer: { ingress } },
    });
  }

  #delete(): void {
    const { memory } = this.#state;
    const { uid } = this.#service.metadata;
    this.#tell('DeletingLoadBalancer', 'Deleting load balancer');
    const balancer = findBalancer(this.#state, this.#settings, { uid });
    const isKept = objectOr(balancer?.['protection'])['delete'] === true;
    if (balancer && !isKept) {
      const path = `/load_balancers/${String(balancer['id'])}`;
      ask(this.#state, { method: 'DELETE', path, token: this.#settings.token });
    }
    this.#tell('DeletedLoadBalancer', 'Deleted load balancer');
    for (const what of ['done', 'failures', 'action']) memory.delete(this.#key(what));
    const current = this.#current();
    if (!current) return;
    const emptied = { ...current, status: { ...objectOr(current.status), loadBalancer: {} } };
    const object = this.#state.store.put('services', emptied);
    removeFinalizer(this.#state, { resource: 'services', object }, finalizer);
  }

  #failed(isWanted: boolean, why: string): void {
    const { memory } = this.#state;
    memory.delete(this.#key('action'));
    const failures = Number(memory.get(this.#key('failures')) ?? 0);
    memory.set(this.#key('failures'), String(failures + 1));
    this.#again(Math.min(retryMs.first * 2 ** failures, retryMs.last));
    const message = isWanted
      ? `Error syncing load balancer: failed to ensure load balancer: hcloud/loadBalancers.EnsureLoadBalancer: ${why}`
      : `Error deleting load balancer (will not retry): hcloud/loadBalancers.EnsureLoadBalancerDeleted: ${why}`;
    this.#tell('SyncLoadBalancerFailed', message.replace(' (will not retry)', ''), 'Warning');
  }

  #current(): KubeObject | undefined {
    const { name, namespace } = this.#service.metadata;
    return this.#state.store.get('services', name, namespace);
  }

  #tell(reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    tell(this.#state, this.#service, { by: 'service-controller', reason, message, type });
  }
}
