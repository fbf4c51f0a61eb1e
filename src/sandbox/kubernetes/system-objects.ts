import { bootstrapBindings, bootstrapRoles } from './access/bootstrap.js';
import { withServerDefaults } from './defaults.js';
import { addressAt, ipv4Range } from './ip-ranges.js';
import type { JsonObject } from './json.js';
import type { KubeObject, Labels } from './objects.js';
import type { Draft, KubeState } from './state.js';
import type { KubeNode, Pod } from './workloads.js';

/** What a new cluster holds before anybody writes to it: Kubernetes' own objects and Talos'. */
export function bootstrapObjects(state: KubeState): void {
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    put(state, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  put(state, 'serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'coredns', namespace: 'kube-system' },
  });
  for (const [name, value] of Object.entries({
    'system-node-critical': 2_000_001_000,
    'system-cluster-critical': 2_000_000_000,
  })) {
    put(state, 'priorityclasses.scheduling.k8s.io', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    });
  }
  const services = ipv4Range(state.options.serviceCidr);
  put(state, 'services', apiService(addressAt(services, 1)));
  put(state, 'services', dnsService(addressAt(services, 10)));
  put(state, 'configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace: 'kube-system' },
    data: { Corefile },
  });
  put(state, 'deployments.apps', coreDns);
}

/** What every API server brings back when it starts: its roles, and how its parts are. */
export function bootstrapServer(state: KubeState): void {
  for (const name of ['controller-manager', 'etcd-0', 'scheduler']) {
    const identity = { apiVersion: 'v1', kind: 'ComponentStatus' };
    const metadata = { name, uid: '', resourceVersion: '', creationTimestamp: '' };
    const conditions = [{ type: 'Healthy', status: 'True', message: 'ok' }];
    state.store.put('componentstatuses', { ...identity, metadata, conditions });
  }
  const objects = { clusterroles: bootstrapRoles, clusterrolebindings: bootstrapBindings };
  for (const [plural, drafts] of Object.entries(objects)) {
    const resource = `${plural}.rbac.authorization.k8s.io`;
    for (const draft of drafts) {
      if (!state.store.get(resource, draft.metadata.name))
        state.create<KubeObject>(resource, draft);
    }
  }
}

function put(state: KubeState, resource: string, draft: JsonObject): void {
  const complete = withServerDefaults(String(draft['kind']), draft, state);
  state.create(resource, complete as unknown as Draft<KubeObject>);
}

function apiService(clusterIP: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: { clusterIP, ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
  };
}

function dnsService(clusterIP: string): JsonObject {
  const port = { port: 53, targetPort: 53 };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      clusterIP,
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', protocol: 'UDP', ...port },
        { name: 'dns-tcp', protocol: 'TCP', ...port },
      ],
    },
  };
}

const Corefile = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa
    forward . /etc/resolv.conf
    cache 30
}
`;

const dnsLabels = { 'k8s-app': 'kube-dns' };

const coreDns: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'coredns',
    namespace: 'kube-system',
    generation: 1,
    labels: { ...dnsLabels, 'kubernetes.io/name': 'CoreDNS' },
  },
  spec: {
    replicas: 2,
    selector: { matchLabels: dnsLabels },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels: dnsLabels },
      spec: {
        serviceAccountName: 'coredns',
        priorityClassName: 'system-cluster-critical',
        tolerations: [
          {
            key: 'node-role.kubernetes.io/control-plane',
            operator: 'Exists',
            effect: 'NoSchedule',
          },
          {
            key: 'node.cloudprovider.kubernetes.io/uninitialized',
            operator: 'Exists',
            effect: 'NoSchedule',
          },
        ],
        containers: [
          {
            name: 'coredns',
            image: 'registry.k8s.io/coredns/coredns:v1.12.4',
            resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
            args: ['-conf', '/etc/coredns/Corefile'],
            volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
          },
        ],
        volumes: [{ name: 'config-volume', configMap: { name: 'coredns' } }],
      },
    },
  },
};

// Talos source, k8stemplates: what the static pods ask for.
const components: Readonly<Record<string, Labels>> = {
  'kube-apiserver': { cpu: '200m', memory: '512Mi' },
  'kube-controller-manager': { cpu: '50m', memory: '256Mi' },
  'kube-scheduler': { cpu: '10m', memory: '64Mi' },
};

/** Shows the static pods that a control plane runs from its own files, as its kubelet does. */
export function mirrorStaticPods(state: KubeState, node: KubeNode, address: string): void {
  for (const [component, requests] of Object.entries(components)) {
    const name = `${component}-${node.metadata.name}`;
    if (state.store.get('pods', name, 'kube-system')) continue;
    const labels: Labels = { 'k8s-app': component, tier: 'control-plane' };
    state.create<Pod>('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'kube-system',
        labels,
        annotations: { 'kubernetes.io/config.mirror': state.options.random.hex(32) },
        ownerReferences: [
          {
            apiVersion: 'v1',
            kind: 'Node',
            name: node.metadata.name,
            uid: node.metadata.uid,
            controller: true,
          },
        ],
      },
      spec: {
        nodeName: node.metadata.name,
        hostNetwork: true,
        restartPolicy: 'Always',
        priorityClassName: 'system-cluster-critical',
        tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
        containers: [
          {
            name: component,
            resources: { requests },
            image: `registry.k8s.io/${component}:v${state.options.kubernetesVersion.replace(/^v/, '')}`,
          },
        ],
      },
      status: { phase: 'Pending', hostIP: address },
    });
  }
}
