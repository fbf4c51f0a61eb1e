import { KubeCluster, type NodeRegistration } from '../../../src/sandbox/kubernetes/cluster.js';
import type { HetznerPort } from '../../../src/sandbox/kubernetes/hetzner-port.js';
import { createRandom } from '../../../src/sandbox/simulation.js';

export const start = Date.UTC(2026, 0, 1);

/** A cluster with a simulated clock of its own. */
export class Rehearsal {
  now = start;
  cluster: KubeCluster;
  readonly #options: { podCidr: string; hetzner?: HetznerPort };

  constructor(options: { podCidr?: string; hetzner?: HetznerPort } = {}) {
    this.#options = { podCidr: '10.244.0.0/16', ...options };
    this.cluster = this.#open(undefined);
  }

  #open(saved: unknown): KubeCluster {
    return new KubeCluster({
      kubernetesVersion: '1.34.1',
      serviceCidr: '10.96.0.0/12',
      random: createRandom(7),
      now: this.now,
      saved,
      ...this.#options,
    });
  }

  /** Saves the cluster and loads it again, as the next invocation does. */
  reload(): void {
    this.cluster = this.#open(JSON.parse(JSON.stringify(this.cluster)));
  }

  after(seconds: number): void {
    this.now += seconds * 1_000;
    this.cluster.advance(this.now);
  }

  node(name: string, settings: Partial<NodeRegistration> = {}): void {
    const isControlPlane = name.startsWith('cp');
    const registration: NodeRegistration = {
      name,
      role: isControlPlane ? 'control-plane' : 'worker',
      internalIp: '10.0.1.2',
      labels: {},
      taints: isControlPlane
        ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]
        : [],
      kubeletVersion: 'v1.34.1',
      osImage: 'Talos (v1.13.9)',
      architecture: 'amd64',
      cloudProviderExternal: false,
      cpu: 2,
      memoryGb: 4,
      ...settings,
    };
    this.cluster.registerNode(registration, this.now);
  }

  send(method: string, path: string, body?: unknown, contentType?: string): Answer {
    const request = { method, path, body, ...(contentType === undefined ? {} : { contentType }) };
    return this.cluster.request(request, this.now);
  }

  get(path: string): Answer {
    return this.send('GET', path);
  }

  post(path: string, body: unknown): Answer {
    return this.send('POST', path, body);
  }

  apply(path: string, body: unknown, query = 'fieldManager=test'): Answer {
    return this.send('PATCH', `${path}?${query}`, body, 'application/apply-patch+yaml');
  }

  items(path: string): unknown[] {
    return field(this.get(path).body, 'items') as unknown[];
  }

  /** A value of the object at a path. */
  see(path: string, inside: string): unknown {
    return field(this.get(path).body, inside);
  }

  installCilium(): void {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'cilium' } };
    this.post('/api/v1/namespaces/kube-system/serviceaccounts', account);
    this.post('/apis/apps/v1/namespaces/kube-system/daemonsets', cilium);
  }

  /** The status of a node's Ready condition. */
  readiness(name: string): unknown {
    const conditions = this.see(`/api/v1/nodes/${name}`, 'status.conditions') as unknown[];
    return field(
      conditions.find((item) => field(item, 'type') === 'Ready'),
      'status',
    );
  }
}

/** A value deep in an object by its path: `status.conditions.0.type`; undefined where there is none. */
export function field(object: unknown, path: string): unknown {
  let value = object;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export function podTemplate(labels: Record<string, string>, spec: object = {}): object {
  return {
    metadata: { labels },
    spec: { containers: [{ name: 'app', image: 'example.org/app:1' }], ...spec },
  };
}

const agentLabels = { 'k8s-app': 'cilium' };

export const cilium = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'cilium' },
  spec: {
    selector: { matchLabels: agentLabels },
    updateStrategy: { rollingUpdate: { maxUnavailable: 2 } },
    template: podTemplate(agentLabels, {
      hostNetwork: true,
      serviceAccountName: 'cilium',
      tolerations: [{ operator: 'Exists' }],
    }),
  },
};

export function deployment(name: string, replicas: number, spec: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: podTemplate({ app: name }, spec),
    },
  };
}
