import { describe, expect, it } from 'vitest';
import * as kubectl from '../../src/tools/kubectl.js';

const k = '--kubeconfig out/kubeconfig';

describe('kubectl is called', () => {
  it.each([
    [kubectl.clientVersion(), 'version --client --output json'],
    [kubectl.readyz('out/kubeconfig'), `${k} get --raw=/readyz --request-timeout=10s`],
    [
      kubectl.getNamespaces('out/kubeconfig'),
      `${k} get namespaces --output json --request-timeout=20s`,
    ],
    [kubectl.getNodes('out/kubeconfig'), `${k} get nodes --output json --request-timeout=20s`],
    [
      kubectl.getPods('out/kubeconfig', 'demo-web-1'),
      `${k} get pods --all-namespaces --output json --request-timeout=20s --field-selector spec.nodeName=demo-web-1`,
    ],
    [
      kubectl.getCrd('out/kubeconfig', 'a.b'),
      `${k} get crd a.b --output json --request-timeout=20s`,
    ],
    [
      kubectl.applyServerSide('out/kubeconfig', 'kind: List'),
      `${k} apply --server-side --force-conflicts --field-manager=oxide --filename -`,
    ],
    [
      kubectl.waitEstablished('out/kubeconfig', ['a.b', 'c.d']),
      `${k} wait --for=condition=Established crd/a.b crd/c.d --timeout=60s`,
    ],
    [
      kubectl.getWorkloads('out/kubeconfig', {
        ...{ namespace: 'kube-system', names: ['daemonset/cilium', 'deployment/cilium-operator'] },
      }),
      `${k} --namespace kube-system get daemonset/cilium deployment/cilium-operator --output json --request-timeout=20s`,
    ],
    [kubectl.uncordon('out/kubeconfig', 'n'), `${k} uncordon n`],
    [
      kubectl.drain('out/kubeconfig', { nodes: ['n'], timeoutMs: 12_500 }),
      `${k} drain n --ignore-daemonsets --delete-emptydir-data --timeout=13s`,
    ],
    [
      kubectl.drain('out/kubeconfig', { nodes: ['n'], timeoutMs: 1_000, force: true }),
      `${k} drain n --ignore-daemonsets --delete-emptydir-data --force --timeout=1s`,
    ],
    [
      kubectl.deleteNodes('out/kubeconfig', ['n', 'm']),
      `${k} delete node n m --ignore-not-found --timeout=60s`,
    ],
  ])('%# as documented', (invocation, args) => {
    expect(invocation.tool).toBe('kubectl');
    expect(invocation.args.join(' ')).toBe(args);
  });

  it('with manifests on its input, never in its arguments', () => {
    expect(kubectl.applyServerSide('k', 'kind: Secret').stdin).toBe('kind: Secret');
  });
});

const condition = (status: string, message: string) => ({
  type: 'Ready',
  status,
  reason: 'Kubelet',
  message,
});
const node = (name: string, status: object, spec: object = {}, labels: object = {}) => ({
  metadata: { name, labels, uid: 'x' },
  spec,
  status: { nodeInfo: { kubeletVersion: 'v1.34.1' }, ...status },
});

describe('nodes', () => {
  it('are Ready, or say why not', () => {
    const items = [
      node(
        'cp',
        {
          conditions: [condition('True', 'kubelet is posting ready status')],
          addresses: [
            { type: 'InternalIP', address: '10.0.1.254' },
            { type: 'Hostname', address: 'cp' },
          ],
        },
        { unschedulable: true },
        { 'node-role.kubernetes.io/control-plane': '' },
      ),
      node('web', { conditions: [condition('False', 'cni plugin not initialized')] }),
      node('new', {}),
    ];
    const nodes = kubectl.parseNodes(JSON.stringify({ kind: 'List', items }));
    expect(nodes).toMatchObject([
      {
        ...{ name: 'cp', ready: true, reason: '', internalIp: '10.0.1.254' },
        ...{ role: 'control-plane', unschedulable: true, kubeletVersion: 'v1.34.1' },
      },
      { name: 'web', ready: false, reason: 'cni plugin not initialized', role: 'worker' },
      { name: 'new', ready: false, reason: 'NotReady: no word from the kubelet yet' },
    ]);
  });

  it('of an output that breaks off are an error, not an empty list', () => {
    expect(() => kubectl.parseNodes('{"items": [{"metadata"')).toThrow('breaks off');
  });
});

describe('pods', () => {
  it('say where they run, who controls them and whether their data is on the node', () => {
    const pod = (name: string, volumes: object[], phase: string) => ({
      metadata: {
        namespace: 'shop',
        name,
        ownerReferences: [{ kind: 'StatefulSet', controller: true }],
      },
      spec: { nodeName: 'web', volumes },
      status: { phase },
    });
    const claim = (claimName: string) => ({ persistentVolumeClaim: { claimName } });
    const items = [
      pod('db-0', [claim('on-disk')], 'Running'),
      pod('db-1', [claim('on-volume')], 'Succeeded'),
    ];
    const read = kubectl.parsePodsToEvict(JSON.stringify({ items }), new Set(['shop/on-disk']));
    const both = { namespace: 'shop', node: 'web', controller: 'StatefulSet', mirror: false };
    expect(read).toMatchObject([
      { ...both, name: 'db-0', finished: false, localData: true },
      { ...both, name: 'db-1', finished: true, localData: false },
    ]);
  });
});

describe('workloads', () => {
  const daemonSet = (status: object, generation = 2) => ({
    kind: 'DaemonSet',
    metadata: { name: 'cilium', generation },
    spec: { template: {} },
    status: { observedGeneration: 2, desiredNumberScheduled: 3, ...status },
  });
  const deployment = (status: object) => ({
    kind: 'Deployment',
    metadata: { name: 'cilium-operator', generation: 1 },
    spec: { replicas: 2 },
    status: { observedGeneration: 1, ...status },
  });
  const read = (...items: object[]) => kubectl.parseWorkloads(JSON.stringify({ items }));

  it('are complete when all of their pods serve in their newest form', () => {
    expect(
      read(
        daemonSet({ updatedNumberScheduled: 3, numberAvailable: 3 }),
        deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }),
      ),
    ).toEqual([
      { name: 'daemonset/cilium', namespace: '', wanted: 3, available: 3, complete: true },
      {
        name: 'deployment/cilium-operator',
        namespace: '',
        wanted: 2,
        available: 2,
        complete: true,
      },
    ]);
  });

  it.each([
    ['pods that do not serve', daemonSet({ updatedNumberScheduled: 3, numberAvailable: 1 }), 1],
    ['pods of an older form', daemonSet({ updatedNumberScheduled: 1, numberAvailable: 3 }), 1],
    ['no word of its controller yet', daemonSet({}), 0],
    [
      'a change that its controller has not seen',
      daemonSet({ updatedNumberScheduled: 3, numberAvailable: 3 }, 3),
      3,
    ],
    ['nodes that nobody knows yet', daemonSet({ desiredNumberScheduled: 0 }), 0],
    [
      'older pods that are still there',
      deployment({ replicas: 3, updatedReplicas: 2, availableReplicas: 3 }),
      2,
    ],
    [
      'older pods that serve while the new one does not',
      deployment({ replicas: 3, updatedReplicas: 1, availableReplicas: 2 }),
      0,
    ],
    ['no status at all', { ...deployment({}), status: undefined }, 0],
  ])('are not complete with %s', (_why, workload, available) => {
    expect(read(workload)).toMatchObject([{ available, complete: false }]);
  });
});

describe('a CRD', () => {
  it('of the Gateway API says of which release and channel it is', () => {
    const annotations = {
      'gateway.networking.k8s.io/bundle-version': 'v1.4.1',
      'gateway.networking.k8s.io/channel': 'standard',
    };
    const crds = (...items: object[]) =>
      JSON.stringify({ items: items.map((one) => ({ metadata: { name: 'g', ...one } })) });
    expect(kubectl.parseGatewayDefinitions(crds({ annotations }, {}))).toEqual([
      { name: 'g', bundle: 'v1.4.1', channel: 'standard' },
      { name: 'g', bundle: undefined, channel: undefined },
    ]);
    // kubectl get --ignore-not-found prints nothing at all when there is none.
    expect(kubectl.parseGatewayDefinitions('')).toEqual([]);
  });
});

describe('persistent volumes', () => {
  it('name the volumes of Hetzner behind them, and no others', () => {
    const csi = (driver: string, volumeHandle: string) => ({
      spec: { csi: { driver, volumeHandle } },
    });
    const items = [
      csi('csi.hetzner.cloud', '4711'),
      csi('csi.hetzner.cloud', 'not-a-number'),
      csi('driver.longhorn.io', '12'),
      { spec: { hostPath: { path: '/data' } } },
    ];
    expect(kubectl.parseVolumeIds(JSON.stringify({ items }))).toEqual([4711]);
  });
});

describe('what evictions depend on', () => {
  const pod = (more: object, status: object = {}) => ({
    metadata: { namespace: 'shop', name: 'db-0', ...more },
    spec: { nodeName: 'web' },
    status,
  });
  const read = (item: object) =>
    kubectl.parsePodsToEvict(JSON.stringify({ items: [item] }), new Set());

  it('is read of pods', () => {
    const conditions = [{ type: 'Ready', status: 'True' }];
    expect(read(pod({}, { phase: 'Running', conditions }))).toMatchObject([
      { pending: false, ready: true, ending: false, ignoresCordon: false },
    ]);
    expect(
      read(pod({ deletionTimestamp: '2026-11-28T18:00:00Z' }, { phase: 'Pending' })),
    ).toMatchObject([{ pending: true, ready: false, ending: true }]);
  });

  it.each([
    [{ operator: 'Exists' }, true],
    [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }, true],
    [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ operator: 'Exists', effect: 'NoExecute' }, false],
  ])('a toleration %j lets a pod run on cordoned nodes: %s', (toleration, ignoresCordon) => {
    const item = { ...pod({}), spec: { nodeName: 'web', tolerations: [toleration] } };
    expect(read(item)).toMatchObject([{ ignoresCordon }]);
  });

  it.each([
    [
      { selector: {} },
      {},
      { selector: { matchLabels: {}, matchExpressions: [] }, letsUnreadyGo: false },
    ],
    [{}, {}, { selector: undefined, letsUnreadyGo: false }],
    [{ unhealthyPodEvictionPolicy: 'AlwaysAllow' }, {}, { letsUnreadyGo: true }],
    [{}, { currentHealthy: 2, desiredHealthy: 2 }, { letsUnreadyGo: true }],
    [{}, { currentHealthy: 1, desiredHealthy: 2 }, { letsUnreadyGo: false }],
    [{}, { currentHealthy: 0, desiredHealthy: 0 }, { letsUnreadyGo: false }],
  ])('is read of budgets: %j %j', (spec, status, expected) => {
    const items = [{ metadata: { namespace: 'shop', name: 'db' }, spec, status }];
    expect(kubectl.parseBudgets(JSON.stringify({ items }))).toMatchObject([
      { namespace: 'shop', name: 'db', allowed: 0, ...expected },
    ]);
  });
});

describe('namespaces', () => {
  it('of a release that are being deleted are found, and no others', () => {
    const of = (name: string, release: string, deletionTimestamp?: string) => ({
      metadata: {
        ...{ name, deletionTimestamp },
        annotations: {
          'meta.helm.sh/release-name': release,
          'meta.helm.sh/release-namespace': 'kube-system',
        },
      },
    });
    const items = [
      of('cilium-secrets', 'cilium', '2026-11-28T18:00:00Z'),
      of('other', 'cilium'),
      of('shop', 'shop', '2026-11-28T18:00:00Z'),
      { metadata: { name: 'bare', deletionTimestamp: '2026-11-28T18:00:00Z' } },
    ];
    const release = { name: 'cilium', namespace: 'kube-system' };
    expect(kubectl.parseEndingNamespaces(JSON.stringify({ items }), release)).toEqual([
      'cilium-secrets',
    ]);
  });
});
