import { createHash } from 'node:crypto';
import type { Random } from '../simulation.js';
import type { HetznerPort } from './hetzner-port.js';
import { canonicalJson } from './json.js';
import { remembered } from './memo.js';
import { timestamp, type KubeObject, type Metadata } from './objects.js';
import type { ContainerRecord } from './programs/program.js';
import { ResourceCatalogue } from './resources.js';
import { Store } from './store.js';
import { Timers } from './timers.js';

/** What the control plane knows of the kubelet behind a node. */
export interface Kubelet {
  readonly alive: boolean;
  /** Simulated ms at which it began to be alive or not. */
  readonly since: number;
  /** A CNI configuration was written to its disk; it stays there when the agent restarts. */
  readonly hasCni: boolean;
  /** What was pulled to its disk. */
  readonly images?: readonly string[];
  /** The server that it runs on, as the cloud's metadata service tells it. */
  readonly machine?: { readonly id: number; readonly location: string };
  /** It asks Kubernetes for the certificate that it serves with. */
  readonly rotates?: boolean;
  /** The names and addresses of the certificate that it got. */
  readonly serving?: readonly string[];
}

export interface KubeStateOptions {
  readonly kubernetesVersion: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly random: Random;
  readonly now: number;
  /** The API of the cloud that the nodes are in; undefined where no program can reach one. */
  readonly hetzner?: HetznerPort;
}

interface SavedState {
  readonly store: unknown;
  readonly timers: unknown;
  readonly kubelets: Record<string, Kubelet>;
  readonly instance: string;
  readonly containers?: Record<string, ContainerRecord>;
  readonly memory?: Record<string, string>;
}

/** A new object before the server gave it an identity. */
export type Draft<T extends KubeObject> = Omit<T, 'metadata'> & {
  readonly metadata: Partial<Metadata> & { readonly name: string };
};

/** Everything that the parts of one cluster share: objects, timers, kubelets and the present. */
export class KubeState {
  readonly options: KubeStateOptions;
  readonly catalogue = new ResourceCatalogue();
  readonly store: Store;
  readonly timers: Timers;
  readonly kubelets: Map<string, Kubelet>;
  /** The containers of programs that act, by the uid of their pod. */
  readonly containers: Map<string, ContainerRecord>;
  /** What such programs remember. */
  readonly memory: Map<string, string>;
  /** Tells this API server from any other that listened on the same address before. */
  readonly instance: string;
  now: number;

  constructor(options: KubeStateOptions, saved: unknown) {
    const state = saved as SavedState | undefined;
    this.options = options;
    this.now = options.now;
    this.store = new Store(state?.store);
    this.timers = new Timers(state?.timers);
    this.kubelets = new Map(Object.entries(state?.kubelets ?? {}));
    this.containers = new Map(Object.entries(state?.containers ?? {}));
    this.memory = new Map(Object.entries(state?.memory ?? {}));
    this.instance = state?.instance ?? options.random.hex(40);
  }

  /** Gives an object its identity and stores it. */
  create<T extends KubeObject>(resource: string, draft: Draft<T>): T {
    return this.store.put(resource, this.identified<T>(draft));
  }

  identified<T extends KubeObject>(draft: Draft<T>): T {
    const { random } = this.options;
    const hex = (length: number): string => random.hex(length);
    const uid = [hex(8), hex(4), `4${hex(3)}`, `a${hex(3)}`, hex(12)].join('-');
    const creationTimestamp = timestamp(this.now);
    const identity = { uid, resourceVersion: '', creationTimestamp };
    return { ...draft, metadata: { ...draft.metadata, ...identity } } as unknown as T;
  }

  /** The five characters that the API adds to a generated name. */
  nameSuffix(): string {
    return Array.from({ length: 5 }, () => this.#nameLetter()).join('');
  }

  toJSON(): SavedState {
    return {
      store: this.store.toJSON(),
      timers: this.timers.toJSON(),
      kubelets: Object.fromEntries(this.kubelets),
      instance: this.instance,
      containers: Object.fromEntries(this.containers),
      memory: Object.fromEntries(this.memory),
    };
  }

  #nameLetter(): string {
    return nameLetters.charAt(this.options.random.integer(0, nameLetters.length - 1));
  }
}

// No vowels, so that no words appear: k8s.io/apimachinery/pkg/util/rand.
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** A short hash for names and labels, equal for equal content. */
export function contentHash(content: object | string): string {
  return typeof content === 'string' ? hashOf(content) : objectHash(content);
}

const objectHash = remembered((content: object) => hashOf(content));

function hashOf(content: unknown): string {
  const digest = createHash('sha256').update(canonicalJson(content)).digest();
  return [...digest.subarray(0, 10)]
    .map((byte) => nameLetters.charAt(byte % nameLetters.length))
    .join('');
}
