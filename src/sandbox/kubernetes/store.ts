import type { JsonObject } from './json.js';
import { same } from './json.js';
import type { KubeObject } from './objects.js';
import type { Stored } from './stored-kinds.js';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The store key of the resource, `deployments.apps`. */
  readonly resource: string;
  readonly object: KubeObject;
  /** The object before the change. */
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

interface SavedStore {
  readonly revision: number;
  readonly objects: Record<string, KubeObject[]>;
}

/** How many changes of a resource are kept for watches that begin in the past; older ones get "410 Expired". */
const logLength = 1_000;

/**
 * All objects and their recent changes, under one growing revision, like etcd behind a real API
 * server. Objects are never changed in place, so whoever holds one keeps what it saw.
 */
export class Store {
  #revision: number;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #changedAt = new Map<string, number>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #log = new Map<string, Change[]>();
  /** Changes up to this revision are forgotten, by resource. */
  readonly #forgotten = new Map<string, number>();
  readonly #loadedAt: number;

  constructor(saved?: unknown) {
    const state = saved as SavedStore | undefined;
    this.#revision = state?.revision ?? 100;
    this.#loadedAt = this.#revision;
    for (const [resource, objects] of Object.entries(state?.objects ?? {})) {
      this.#objects.set(resource, new Map(objects.map((object) => [keyOf(object), object])));
    }
  }

  get revision(): number {
    return this.#revision;
  }

  /** The revision of the last change of any of these resources; 0 when none has changed since the start. */
  changedAt(resources: readonly string[]): number {
    return resources.reduce((last, key) => Math.max(last, this.#changedAt.get(key) ?? 0), 0);
  }

  /** The same for all resources but one. */
  changedBeside(resource: string): number {
    return this.changedAt([...this.#changedAt.keys()].filter((key) => key !== resource));
  }

  get<R extends string>(resource: R, name: string, namespace = ''): Stored<R> | undefined {
    return this.#objects.get(resource)?.get(`${namespace}/${name}`) as Stored<R> | undefined;
  }

  list<R extends string>(resource: R, namespace?: string): Stored<R>[] {
    const all = [...(this.#objects.get(resource)?.values() ?? [])] as Stored<R>[];
    if (namespace === undefined) return all;
    return all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** How many objects a resource has. */
  size(resource: string): number {
    return this.#objects.get(resource)?.size ?? 0;
  }

  /** All objects of a resource, in the order in which they came. */
  each(resource: string): Iterable<KubeObject> {
    return this.#objects.get(resource)?.values() ?? [];
  }

  /** The resources that hold at least one object. */
  resources(): string[] {
    return [...this.#objects.keys()].filter((resource) => this.#objects.get(resource)?.size);
  }

  /** Stores an object under a new revision. Writing what is there already changes nothing. */
  put<T extends KubeObject>(resource: string, object: T): T {
    const key = keyOf(object);
    const objects = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    const previous = objects.get(key);
    if (previous && same(previous, object)) return object;
    this.#revision++;
    const resourceVersion = String(this.#revision);
    const stored: T = { ...object, metadata: { ...object.metadata, resourceVersion } };
    objects.set(key, stored);
    this.#objects.set(resource, objects);
    this.#emit({
      type: previous ? 'MODIFIED' : 'ADDED',
      resource,
      object: stored,
      previous,
      revision: this.#revision,
    });
    return stored;
  }

  remove(resource: string, object: KubeObject): void {
    const previous = this.#objects.get(resource)?.get(keyOf(object));
    if (!previous) return;
    this.#objects.get(resource)?.delete(keyOf(object));
    this.#revision++;
    const metadata = { ...previous.metadata, resourceVersion: String(this.#revision) };
    this.#emit({
      type: 'DELETED',
      resource,
      object: { ...previous, metadata },
      previous,
      revision: this.#revision,
    });
  }

  /** Changes of a resource after a revision; undefined when they are no longer known. */
  changesSince(resource: string, revision: number): Change[] | undefined {
    if (revision < (this.#forgotten.get(resource) ?? this.#loadedAt)) return undefined;
    return (this.#log.get(resource) ?? []).filter((item) => item.revision > revision);
  }

  /** Calls `listener` for each change from now on, until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  toJSON(): JsonObject {
    const objects = [...this.#objects].map(([resource, map]) => [resource, [...map.values()]]);
    return { revision: this.#revision, objects: Object.fromEntries(objects) as unknown };
  }

  #emit(change: Change): void {
    this.#changedAt.set(change.resource, change.revision);
    const log = this.#log.get(change.resource) ?? [];
    this.#log.set(change.resource, log);
    log.push(change);
    const oldest = log.length > logLength ? log.shift() : undefined;
    if (oldest) this.#forgotten.set(change.resource, oldest.revision);
    for (const listener of this.#listeners) listener(change);
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
