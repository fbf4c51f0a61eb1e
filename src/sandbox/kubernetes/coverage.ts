import type { KubernetesCoverage } from './coverage-row.js';
import { servicesCoverage } from './coverage-services.js';

const requests: readonly KubernetesCoverage[] = [
  {
    subject: 'Get, list, watch, create, update, patch, delete',
    how: 'simulated',
    note: 'In JSON and protobuf; server-side apply with field managers and conflicts; strategic, merge and JSON patches; dry runs; field validation; discovery and OpenAPI of all kinds that Kubernetes 1.34 serves, whichever version a cluster is said to run.',
  },
  {
    subject: 'OpenAPI, `kubectl explain`',
    how: 'simplified',
    note: 'Fields, types and choices of all kinds, without descriptions; paths that are about no kind are left out.',
  },
  {
    subject: 'Who may do what: roles, bindings, `kubectl --as`, tokens, `auth can-i`',
    how: 'simplified',
    note: 'Rules act and are asked on every request. Only the roles that people and charts rely on are there from the beginning, and rights that their giver lacks can be given.',
  },
  {
    subject: '`kubectl logs`',
    how: 'simplified',
    note: 'Programs of the simulation say why they crashed. Other containers write nothing: the log is empty, and a warning says so.',
  },
  {
    subject: '`kubectl exec`, `cp`, `attach`, `port-forward`, `proxy` to pods, services and nodes',
    how: 'refused',
    note: 'There are no processes: one sentence says so.',
  },
  {
    subject: 'Ages that kubectl reckons itself (`describe`, `events`)',
    how: 'simulated',
    note: 'As in the simulated world: these commands are told times that lie as far back from the clock of the machine.',
  },
  {
    subject: 'Health, version and metrics of the API server',
    kinds: ['componentstatuses'],
    how: 'simplified',
    note: 'Always well: `/readyz`, `/livez` and component statuses say so, check by check. There is no `/metrics`.',
  },
  {
    subject: 'Made-up names, uids, addresses and node ports; the choice between equally good nodes',
    how: 'simplified',
    note: 'By chance, so that two clusters never have the same; of equally good nodes the first gets a pod, in reality any.',
  },
  {
    subject: 'Drains and evictions',
    how: 'simulated',
    note: 'They heed disruption budgets; pods end within their grace period.',
  },
];

const acting: readonly KubernetesCoverage[] = [
  {
    subject: 'Pods',
    kinds: ['pods', 'bindings'],
    how: 'simplified',
    note: 'Admitted by PodSecurity, scheduled, started and ended as by a kubelet, but no container runs: images, commands and probes are not tried, nothing but the programs below crashes, what is not restarted ends after a while, and the id of an image is its name. Scheduling by other programs (bindings) is refused.',
  },
  {
    subject: 'Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs, disruption budgets',
    kinds: [
      'deployments.apps',
      'replicasets.apps',
      'statefulsets.apps',
      'daemonsets.apps',
      'jobs.batch',
      'controllerrevisions.apps',
      'poddisruptionbudgets.policy',
    ],
    how: 'simulated',
    note: 'Rollouts move pod by pod, and `rollout undo` goes back; what they made goes with them.',
  },
  {
    subject: 'Nodes, leases',
    kinds: ['nodes', 'leases.coordination.k8s.io'],
    how: 'simulated',
    note: 'A node is Ready when a Cilium pod runs on it; when its server is gone, Kubernetes notices as late as in reality.',
  },
  {
    subject: 'Namespaces, ConfigMaps, Secrets',
    kinds: ['namespaces', 'configmaps', 'secrets'],
    how: 'simulated',
    note: 'Namespaces take what is in them along.',
  },
  {
    subject: 'Events',
    kinds: ['events'],
    how: 'simplified',
    note: 'Told by the simulated controllers, scheduler and kubelets; forgotten after an hour of simulated time, and when they are more than 500.',
  },
  {
    subject: 'Services and their endpoints',
    kinds: ['services', 'endpoints', 'endpointslices.discovery.k8s.io'],
    how: 'simplified',
    note: 'Addresses, node ports and endpoints are given; no traffic flows.',
  },
  {
    subject: 'Service accounts, roles and bindings',
    kinds: [
      'serviceaccounts',
      'roles.rbac.authorization.k8s.io',
      'clusterroles.rbac.authorization.k8s.io',
      'rolebindings.rbac.authorization.k8s.io',
      'clusterrolebindings.rbac.authorization.k8s.io',
    ],
    how: 'simulated',
    note: 'Tokens are signed by the simulated API and valid for it alone.',
  },
  {
    subject: 'Volumes and claims',
    kinds: [
      'csidrivers.storage.k8s.io',
      'csinodes.storage.k8s.io',
      'persistentvolumeclaims',
      'persistentvolumes',
      'storageclasses.storage.k8s.io',
      'volumeattachments.storage.k8s.io',
    ],
    how: 'simplified',
    note: "Claims are bound, protected and released, and volumes of drivers attached and given back, from a silent node after six minutes. A claim that no driver serves stays Pending, and pods wait for it, until somebody makes its volume. Nothing is said of volumes in a node's status.",
  },
  {
    subject: 'Definitions of custom resources',
    kinds: ['customresourcedefinitions.apiextensions.k8s.io'],
    how: 'simulated',
    note: 'Their schemas are enforced but for CEL rules; several versions are served without conversion.',
  },
  {
    subject: 'Reviews of tokens and of access',
    kinds: [
      'selfsubjectreviews.authentication.k8s.io',
      'tokenreviews.authentication.k8s.io',
      'localsubjectaccessreviews.authorization.k8s.io',
      'selfsubjectaccessreviews.authorization.k8s.io',
      'selfsubjectrulesreviews.authorization.k8s.io',
      'subjectaccessreviews.authorization.k8s.io',
    ],
    how: 'simulated',
    note: 'Answered from the roles and bindings that are stored.',
  },
  {
    subject: 'Validating admission policies',
    kinds: [
      'validatingadmissionpolicies.admissionregistration.k8s.io',
      'validatingadmissionpolicybindings.admissionregistration.k8s.io',
    ],
    how: 'simplified',
    note: 'The one that the Gateway API ships (safe-upgrades) acts; expressions of others are never evaluated.',
    warning: 'admission policies and evaluates none but that of the Gateway API',
  },
  {
    subject: 'Autoscalers',
    kinds: ['horizontalpodautoscalers.autoscaling'],
    how: 'simplified',
    note: 'Keep workloads between their bounds, and scale by nothing else, with a metrics server too.',
  },
  {
    subject: 'Priority classes',
    kinds: ['priorityclasses.scheduling.k8s.io'],
    how: 'simplified',
    note: 'Pods get their number; no pod is put out for another.',
  },
  {
    subject: 'Records of nodes and controllers',
    kinds: [
      'csistoragecapacities.storage.k8s.io',
      'ipaddresses.networking.k8s.io',
      'podtemplates',
      'resourceslices.resource.k8s.io',
      'servicecidrs.networking.k8s.io',
    ],
    how: 'simplified',
    note: 'Kept as they are written; the simulated control plane writes none itself.',
  },
];

/** What is stored, and has no effect. */
const stored: readonly KubernetesCoverage[] = [
  inert('Network policies', 'network policies: no traffic flows that they could stop', [
    'networkpolicies.networking.k8s.io',
  ]),
  inert('Ingresses', 'ingresses and has no controller for them', [
    'ingresses.networking.k8s.io',
    'ingressclasses.networking.k8s.io',
  ]),
  inert('Quotas and limit ranges', 'quotas and limit ranges and enforces none', [
    'resourcequotas',
    'limitranges',
  ]),
  inert('CronJobs', 'CronJobs and never starts them by the clock', ['cronjobs.batch']),
  inert('Replication controllers', 'replication controllers and makes no pods of them', [
    'replicationcontrollers',
  ]),
  inert('Runtime classes', 'runtime classes: no container runs', ['runtimeclasses.node.k8s.io']),
  inert('Device claims', 'device claims and allocates nothing', [
    'deviceclasses.resource.k8s.io',
    'resourceclaims.resource.k8s.io',
    'resourceclaimtemplates.resource.k8s.io',
  ]),
  inert('Attribute classes of volumes', 'attribute classes and changes no volume by them', [
    'volumeattributesclasses.storage.k8s.io',
  ]),
  inert(
    'Flow schemas and priority levels',
    'flow schemas and priority levels: it turns no request away',
    [
      'flowschemas.flowcontrol.apiserver.k8s.io',
      'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
    ],
  ),
  {
    subject: 'Custom resources',
    how: 'stored only',
    note: 'Checked against their schema. No controller acts on them, which kubectl and helm are told, but for what Cilium does with classes of the Gateway API; your own controllers can.',
  },
];

function inert(subject: string, warning: string, kinds: readonly string[]): KubernetesCoverage {
  const note = `The sandbox stores ${warning}.`;
  return { subject, kinds, how: 'stored only', note, warning };
}

/** How far the simulated Kubernetes goes. */
export const kubernetesCoverage: readonly KubernetesCoverage[] = [
  ...requests,
  ...acting,
  ...servicesCoverage,
  ...stored,
];

const warnings = new Map(
  kubernetesCoverage.flatMap(({ kinds = [], warning }) =>
    warning === undefined
      ? []
      : kinds.map((kind) => [kind, `the sandbox stores ${warning}`] as const),
  ),
);

/** What to tell who writes an object of a kind that does not act here. */
export function inertWarning(kind: string): string | undefined {
  return warnings.get(kind);
}
