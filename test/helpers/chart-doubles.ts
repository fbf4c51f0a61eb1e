/** An object of a chart. */
export interface ChartObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

type Values = Readonly<Record<string, unknown>>;
type Chart = (values: Values, version: string) => readonly ChartObject[];

const namespace = 'kube-system';
const everywhere = [{ operator: 'Exists' }];
const onControlPlanes = { nodeSelector: { 'node-role.kubernetes.io/control-plane': '' } };

interface Program {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly name: string;
  /** Unless it has the workload's name. */
  readonly chart?: string;
  readonly image: string;
  readonly container?: object;
  readonly pod?: object;
  readonly annotations?: unknown;
  readonly replicas?: unknown;
}

function workload(program: Program): ChartObject {
  const { kind, name, image, container, pod, annotations, replicas, chart = name } = program;
  // By its chart the policy for the metadata service knows whom it lets through.
  const labels = { app: name, 'app.kubernetes.io/name': chart };
  const spec = {
    ...(kind === 'Deployment' && { replicas: replicas ?? 1 }),
    selector: { matchLabels: labels },
    template: {
      metadata: { labels, ...(annotations !== undefined && { annotations }) },
      spec: { ...pod, containers: [{ name, image, ...container }] },
    },
  };
  return { ...{ apiVersion: 'apps/v1', kind, metadata: { name, namespace } }, ...{ spec } };
}

const section = (values: Values, name: string): Values => (values[name] ?? {}) as Values;

const fromSecret = (name: string, key: string): object => ({
  ...{ name, valueFrom: { secretKeyRef: { name: 'hcloud', key } } },
});

/** In the network of their node, as Cilium's pods are, and on whatever node. */
const cilium: Chart = (values) => {
  const pod = { hostNetwork: true, tolerations: everywhere };
  const one = (kind: Program['kind'], name: string, replicas?: unknown): ChartObject =>
    workload({ kind, name, image: `example.test/${name}:1`, pod, replicas });
  const { replicas } = section(values, 'operator');
  const settings: ChartObject & { readonly data: object } = {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config', namespace } },
    data: {
      'enable-node-ipam': String(section(values, 'nodeIPAM')['enabled']),
      'default-lb-service-ipam': String(values['defaultLBServiceIPAM']),
    },
  };
  return [settings, one('DaemonSet', 'cilium'), one('Deployment', 'cilium-operator', replicas)];
};

const cloudController: Chart = (values, version) => [
  workload({
    ...{ kind: 'DaemonSet', name: 'hcloud-cloud-controller-manager' },
    image: `docker.io/hetznercloud/hcloud-cloud-controller-manager:v${version}`,
    annotations: values['podAnnotations'],
    container: {
      env: [
        ...[fromSecret('HCLOUD_TOKEN', 'token'), fromSecret('HCLOUD_NETWORK', 'network')],
        ...Object.entries(section(values, 'env')).map(([name, rest]) => ({
          ...{ name, ...(rest as object) },
        })),
      ],
    },
    pod: { hostNetwork: true, tolerations: everywhere, ...onControlPlanes },
  }),
];

const storageDriver: Chart = (values, version) => {
  const image = `docker.io/hetznercloud/hcloud-csi-driver:v${version}`;
  const { podAnnotations, tolerations, nodeSelector, ...controller } = section(
    values,
    'controller',
  );
  const labels = Object.entries(section(controller, 'volumeExtraLabels'));
  const extra = {
    HCLOUD_VOLUME_EXTRA_LABELS: labels.map(([key, value]) => `${key}=${String(value)}`).join(','),
    HCLOUD_VOLUME_DEFAULT_LOCATION: controller['hcloudVolumeDefaultLocation'],
  };
  const env = Object.entries(extra).map(([name, value]) => ({ name, value }));
  return [
    workload({
      ...{ kind: 'Deployment', name: 'hcloud-csi-controller', chart: 'hcloud-csi', image },
      annotations: podAnnotations,
      container: { args: ['-controller'], env: [fromSecret('HCLOUD_TOKEN', 'token'), ...env] },
      pod: { tolerations, nodeSelector },
    }),
    workload({
      ...{ kind: 'DaemonSet', name: 'hcloud-csi-node', chart: 'hcloud-csi', image },
      container: { args: ['-node'] },
      pod: { tolerations: everywhere },
    }),
    ...(values['storageClasses'] as { name: string; reclaimPolicy: string }[]).map(
      ({ name, reclaimPolicy }) => ({
        ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
        metadata: {
          name,
          annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
        },
        ...{ provisioner: 'csi.hetzner.cloud', volumeBindingMode: 'WaitForFirstConsumer' },
        ...{ allowVolumeExpansion: true, reclaimPolicy },
      }),
    ),
  ];
};

const certificates: Chart = (values) => [
  workload({
    ...{ kind: 'DaemonSet', name: 'talos-cloud-controller-manager' },
    image: 'ghcr.io/siderolabs/talos-cloud-controller-manager:v1.12.0',
    container: {
      args: [`--controllers=${(values['enabledControllers'] as string[]).join(',')}`],
    },
    pod: { hostNetwork: true, tolerations: everywhere, ...onControlPlanes },
  }),
];

const metrics: Chart = (values) => [
  workload({
    ...{ kind: 'Deployment', name: 'metrics-server', replicas: values['replicas'] },
    image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.1',
    container: { args: values['args'] ?? [] },
    pod: { tolerations: values['tolerations'] ?? [], nodeSelector: values['nodeSelector'] ?? {} },
  }),
];

const charts: Readonly<Record<string, Chart>> = {
  cilium,
  'hcloud-cloud-controller-manager': cloudController,
  'hcloud-csi': storageDriver,
  'talos-cloud-controller-manager': certificates,
  'metrics-server': metrics,
};

/** What a chart makes of its values, without whatever nothing in the rehearsals asks for. */
export function chartObjects(
  chart: string,
  { version, values }: { readonly version: string; readonly values: Values },
): readonly ChartObject[] {
  const objects = charts[chart];
  if (!objects) throw new Error(`the double of helm has no chart ${chart}`);
  return objects(values, version);
}

const collections: Readonly<Record<string, string>> = {
  ConfigMap: `/api/v1/namespaces/${namespace}/configmaps`,
  DaemonSet: `/apis/apps/v1/namespaces/${namespace}/daemonsets`,
  Deployment: `/apis/apps/v1/namespaces/${namespace}/deployments`,
  StorageClass: '/apis/storage.k8s.io/v1/storageclasses',
};

/** Where an object of a chart is. */
export function objectPath({ kind, metadata }: ChartObject): string {
  return `${collections[kind] ?? ''}/${metadata.name}`;
}
