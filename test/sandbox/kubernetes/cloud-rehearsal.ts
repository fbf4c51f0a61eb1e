import { Driver, idOf, plainNetwork, plainServer, token } from '../cloud/driver.js';
import { podTemplate, Rehearsal, start } from './harness.js';

const system = 'kube-system';
const secretPath = `/api/v1/namespaces/${system}/secrets`;

/** A cluster whose nodes are servers of a simulated project, at one time with it. */
export class CloudRehearsal {
  readonly cloud = new Driver({ now: start });
  readonly kube: Rehearsal;
  readonly network: number;
  readonly servers: readonly number[];

  constructor(names: readonly string[] = ['worker-1', 'worker-2']) {
    this.cloud.now = start;
    this.network = idOf(this.cloud.post('/networks', plainNetwork()), 'network');
    this.cloud.rest();
    this.servers = names.map((name) => {
      const order = { ...plainServer(name), networks: [this.network] };
      return idOf(this.cloud.post('/servers', order), 'server');
    });
    this.cloud.rest();
    this.kube = new Rehearsal({
      hetzner: ({ method, path, body, token: given }) => {
        const answer = this.cloud.send(method, path, body, `Bearer ${given}`);
        return { status: answer.status, body: answer.body };
      },
    });
    this.kube.now = this.cloud.now;
    for (const [index, name] of names.entries()) this.register(name, this.servers[index] ?? 0);
    this.kube.installCilium();
    this.after(60);
  }

  register(name: string, id: number, cloudProviderExternal = true): void {
    const net = this.cloud.get(`/servers/${id}`)['server']?.['private_net']?.['0'];
    this.kube.node(name, {
      cloudProviderExternal,
      internalIp: String(net?.['ip']),
      machine: { id, location: 'nbg1' },
    });
  }

  after(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.cloud.pass(1);
      this.kube.after(1);
    }
  }

  /** The Secret of the controllers. */
  secret(given = token): void {
    const data = {
      token: Buffer.from(given).toString('base64'),
      network: Buffer.from(String(this.network)).toString('base64'),
    };
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hcloud' }, data };
    if (this.kube.post(secretPath, body).status === 409) {
      this.kube.send('PUT', `${secretPath}/hcloud`, body);
    }
  }

  /** The workload of a cloud controller that owns load balancers, or leaves them to others. */
  controller(env: Readonly<Record<string, string>> = {}): void {
    const from = (name: string, key: string): object => ({
      name,
      valueFrom: { secretKeyRef: { name: 'hcloud', key } },
    });
    const container = {
      name: 'hcloud-cloud-controller-manager',
      image: 'docker.io/hetznercloud/hcloud-cloud-controller-manager:v1.35.0',
      env: [
        ...[from('HCLOUD_TOKEN', 'token'), from('HCLOUD_NETWORK', 'network')],
        ...Object.entries(env).map(([name, value]) => ({ name, value })),
      ],
    };
    const labels = { app: 'ccm' };
    this.kube.post(`/apis/apps/v1/namespaces/${system}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'hcloud-cloud-controller-manager' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: podTemplate(labels, {
          hostNetwork: true,
          tolerations: [{ operator: 'Exists' }],
          containers: [container],
        }),
      },
    });
  }

  scale(replicas: number): void {
    const path = `/apis/apps/v1/namespaces/${system}/deployments/hcloud-cloud-controller-manager`;
    this.kube.send('PATCH', path, { spec: { replicas } }, 'application/merge-patch+json');
  }
}
