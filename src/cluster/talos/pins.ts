/**
 * All versions that oxide names by itself, each with where it was read. What goes together is judged
 * in `versions.ts`; nothing else in oxide knows a version by heart.
 */

/**
 * What a cluster gets when cluster.yaml names no versions: the newest Kubernetes minor that Talos,
 * Cilium, hcloud-cloud-controller-manager and hcloud-csi all list as supported, and its newest patch.
 */
export const defaultVersions = {
  talos: 'v1.13.9',
  kubernetes: '1.36.6',
  cilium: '1.20.4',
} as const;

/** Minors of Kubernetes (1.x), the first and the last of a range. */
export interface MinorRange {
  readonly min: number;
  readonly max: number;
}

/** Kubernetes minors per Talos minor (1.y). Talos source, pkg/machinery/compatibility/talosNNN. */
export const kubernetesPerTalos: ReadonlyMap<number, MinorRange> = new Map([
  [8, { min: 26, max: 31 }],
  [9, { min: 27, max: 32 }],
  [10, { min: 28, max: 33 }],
  [11, { min: 29, max: 34 }],
  [12, { min: 30, max: 35 }],
  [13, { min: 31, max: 36 }],
  [14, { min: 32, max: 37 }],
]);

/** Talos releases that must not be used, with the reason from their release notes. */
export const badTalosReleases: ReadonlyMap<string, string> = new Map([
  ['1.13.1', 'it was withdrawn as broken'],
  ['1.13.3', 'it crashes on whole numbers in scheduler.config'],
]);

interface BrokenPair {
  /** Talos minor. */
  readonly talos: number;
  /** The first patch release of Talos that is right; undefined: none of this minor. */
  readonly talosFixed?: string;
  /** Cilium minor; undefined: all. */
  readonly cilium?: number;
  readonly ciliumFixed?: string;
  readonly reason: string;
}

/** Pairs with which nodes lose their network. */
export const brokenPairs: readonly BrokenPair[] = [
  // cilium/cilium#44216 (kernel 6.18.5 of 1.12.2); siderolabs/talos#12845 has the fix, 1.12.5 is the next release.
  {
    ...{ talos: 12, talosFixed: '1.12.5' },
    reason: "its kernel's verifier breaks Cilium, and nodes lose their network",
  },
  // cilium/cilium#46010, with 1.19.0 to 1.19.4 on 1.12.6 and 1.12.7.
  {
    ...{ talos: 12, cilium: 19, ciliumFixed: '1.19.5' },
    reason: 'nodes lose the network of the host when its programs are loaded',
  },
];

interface CiliumSupport {
  /** The one Gateway API release whose CRDs this Cilium works with. */
  readonly gatewayApi: string;
  /** Kubernetes minors that its own end-to-end tests cover. */
  readonly kubernetes: MinorRange;
}

/**
 * Per Cilium minor. Cilium 1.17 to 1.19 break with Gateway API 1.5 and later (TLSRoute v1alpha2 is
 * no longer served), 1.20 breaks TLS listeners with older CRDs. Cilium docs, "Gateway API" and
 * "Kubernetes compatibility".
 */
export const ciliumSupport: ReadonlyMap<number, CiliumSupport> = new Map([
  [17, { gatewayApi: 'v1.2.1', kubernetes: { min: 29, max: 32 } }],
  [18, { gatewayApi: 'v1.3.0', kubernetes: { min: 30, max: 33 } }],
  [19, { gatewayApi: 'v1.4.1', kubernetes: { min: 31, max: 34 } }],
  [20, { gatewayApi: 'v1.6.1', kubernetes: { min: 33, max: 36 } }],
]);

/** A chart as it is asked of its repository. */
export interface ChartPin {
  readonly repository: string;
  readonly chart: string;
  readonly version: string;
  /** Kubernetes minors that the project lists; left out where it lists none. */
  readonly kubernetes?: MinorRange;
}

const hetznerCharts = 'https://charts.hetzner.cloud';

/** The charts of the services, by their key in cluster.yaml. */
export const chartPins = {
  // docs/reference/version-policy.md of the project.
  hcloud_ccm: {
    repository: hetznerCharts,
    chart: 'hcloud-cloud-controller-manager',
    version: '1.35.0',
    kubernetes: { min: 33, max: 36 },
  },
  // docs/kubernetes/reference/version-policy.md of the project.
  hcloud_csi: {
    repository: hetznerCharts,
    chart: 'hcloud-csi',
    version: '2.22.1',
    kubernetes: { min: 33, max: 36 },
  },
  // The chart of v1.13.0, as hcloud-k8s 5.2.0 and later have it; the project lists no Kubernetes versions.
  talos_ccm: {
    repository: 'oci://ghcr.io/siderolabs/charts',
    chart: 'talos-cloud-controller-manager',
    version: '0.5.5',
  },
  // README, "Compatibility Matrix": 0.8.x is for 1.31 and later.
  metrics_server: {
    repository: 'https://kubernetes-sigs.github.io/metrics-server',
    chart: 'metrics-server',
    version: '3.13.1',
    kubernetes: { min: 31, max: 99 },
  },
  // cert-manager.io, "Supported Releases": 1.20 ends with Kubernetes 1.35. Release notes of v1.21.2: it fixes panics.
  cert_manager: {
    repository: 'https://charts.jetstack.io',
    chart: 'cert-manager',
    version: 'v1.21.2',
    kubernetes: { min: 33, max: 36 },
  },
  // artifacthub.io: the newest; it lists no Kubernetes versions.
  external_dns: {
    repository: 'https://kubernetes-sigs.github.io/external-dns',
    chart: 'external-dns',
    version: '1.21.1',
  },
  // Chart.yaml (Traefik 3.7): 1.22 and later. 42 is another major, whose values have not been read.
  traefik: {
    repository: 'https://traefik.github.io/charts',
    chart: 'traefik',
    version: '41.3.0',
    kubernetes: { min: 22, max: 99 },
  },
  // Chart.yaml (Argo CD 3.4): 1.25 and later.
  argocd: {
    repository: 'https://argoproj.github.io/argo-helm',
    chart: 'argo-cd',
    version: '10.1.1',
    kubernetes: { min: 25, max: 99 },
  },
  // Chart.yaml: 1.25 and later.
  kube_prometheus_stack: {
    repository: 'https://prometheus-community.github.io/helm-charts',
    chart: 'kube-prometheus-stack',
    version: '88.5.3',
    kubernetes: { min: 25, max: 99 },
  },
} as const satisfies Readonly<Record<string, ChartPin>>;

interface BrokenChart {
  /** The first version that works. */
  readonly fixed: string;
  readonly reason: string;
}

/** Versions of charts that do not work at all, by their key in cluster.yaml. */
export const brokenCharts = {
  // README and CHANGELOG (v1.30.1) of the project: it panics without server.datacenter.
  hcloud_ccm: {
    fixed: '1.30.1',
    reason:
      'it crashes without the field "datacenter" of servers, which Hetzner removed on 1 July 2026',
  },
  // internal/app/app.go of v2.18.3 reads server.Datacenter.Location; v2.19.0 does not.
  hcloud_csi: {
    fixed: '2.19.0',
    reason:
      'it finds its location by the field "datacenter" of servers, which Hetzner removed on 1 July 2026',
  },
  // siderolabs/talos-cloud-controller-manager#193; the chart 0.4.2 is the first with v1.8.0.
  talos_ccm: {
    fixed: '0.4.2',
    reason:
      'its controller does not know "node-csr-approval", which approves certificates, and crashes',
  },
} as const satisfies Partial<Record<keyof typeof chartPins, BrokenChart>>;

/** The day on which support ends, per Kubernetes minor. kubernetes.io/releases, "End Of Life Date". */
export const kubernetesEnds: ReadonlyMap<number, string> = new Map([
  [26, '2024-02-28'],
  [27, '2024-06-28'],
  [28, '2024-10-28'],
  [29, '2025-02-28'],
  [30, '2025-06-28'],
  [31, '2025-10-28'],
  [32, '2026-02-28'],
  [33, '2026-06-28'],
  [34, '2026-10-27'],
  [35, '2027-02-28'],
  [36, '2027-06-28'],
  [37, '2027-10-28'],
]);

/**
 * The same per Talos minor: its community supports one until the next is released (support matrix of
 * the docs). Dates of the releases 1.9.0 to 1.14.0; 1.15.0 has not come yet.
 */
export const talosEnds: ReadonlyMap<number, string> = new Map([
  [8, '2024-12-17'],
  [9, '2025-04-30'],
  [10, '2025-09-01'],
  [11, '2025-12-22'],
  [12, '2026-04-27'],
  [13, '2026-09-03'],
]);
