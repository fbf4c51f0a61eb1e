import { token } from '../cloud/driver.js';
import { CloudRehearsal } from './cloud-rehearsal.js';
import { podTemplate } from './harness.js';

const image = 'docker.io/hetznercloud/hcloud-csi-driver:v2.22.1';
const apps = '/apis/apps/v1/namespaces/kube-system';
const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
export const claim = `${claims}/data`;
const everywhere = [{ operator: 'Exists' }];

interface Options {
  readonly token?: string;
  /** Of the controller, beside its token. */
  readonly env?: readonly object[];
  /** Fields of the class. */
  readonly class?: object;
  /** A rule of Cilium for the whole cluster. */
  readonly policy?: object;
}

/** A cluster with Hetzner's storage driver and its class. */
export class StorageRehearsal extends CloudRehearsal {
  constructor(options: Options = {}) {
    super();
    if (options.policy) this.#deny(options.policy);
    this.secret(options.token ?? token);
    const from = { secretKeyRef: { name: 'hcloud', key: 'token' } };
    const extra = { name: 'HCLOUD_VOLUME_EXTRA_LABELS', value: 'cluster=test' };
    const place = { name: 'HCLOUD_VOLUME_DEFAULT_LOCATION', value: 'nbg1' };
    const env = [{ name: 'HCLOUD_TOKEN', valueFrom: from }, ...(options.env ?? [extra, place])];
    const container = { name: 'hcloud-csi-driver', image };
    this.#workload('deployments', 'Deployment', 'hcloud-csi-controller', {
      containers: [{ ...container, args: ['-controller'], env }],
    });
    this.#workload('daemonsets', 'DaemonSet', 'hcloud-csi-node', {
      containers: [{ ...container, args: ['-node'] }],
    });
    this.kube.post('/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'hcloud-volumes',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'csi.hetzner.cloud',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
      reclaimPolicy: 'Delete',
      ...options.class,
    });
    this.after(30);
  }

  /** There is no cloud controller whose look at the nodes everything waits for. */
  override register(name: string, id: number): void {
    super.register(name, id, false);
  }

  #deny(rule: object): void {
    const names = { plural: 'ciliumclusterwidenetworkpolicies', singular: 'policy' };
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    this.kube.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'ciliumclusterwidenetworkpolicies.cilium.io' },
      spec: {
        ...{ group: 'cilium.io', scope: 'Cluster' },
        names: { ...names, kind: 'CiliumClusterwideNetworkPolicy' },
        versions: [
          { name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: schema } },
        ],
      },
    });
    this.after(2);
    this.kube.post('/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies', {
      ...{ apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy' },
      metadata: { name: 'deny' },
      specs: [rule],
    });
  }

  #workload(plural: string, kind: string, name: string, spec: object): void {
    const labels = { app: name };
    this.kube.post(`${apps}/${plural}`, {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name },
      spec: {
        selector: { matchLabels: labels },
        template: podTemplate(labels, { tolerations: everywhere, ...spec }),
      },
    });
  }

  claim(name = 'data', spec: object = {}): void {
    this.kube.post(claims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        ...spec,
      },
    });
  }

  /** A Deployment of one pod that uses the claim. */
  workload(spec: object = {}): void {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    this.kube.post('/apis/apps/v1/namespaces/default/deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'db' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'db' } },
        template: podTemplate({ app: 'db' }, { volumes, ...spec }),
      },
    });
  }

  volumes(): unknown[] {
    return this.cloud.get('/volumes')['volumes'] as unknown as unknown[];
  }

  pods(): unknown[] {
    return this.kube.items('/api/v1/namespaces/default/pods');
  }

  /** The texts of all events of the namespace. */
  told(): string {
    return this.kube
      .items('/api/v1/namespaces/default/events')
      .map((event) => {
        const { reason, message } = event as { reason: string; message: string };
        return `${reason}: ${message}`;
      })
      .join('\n');
  }
}
