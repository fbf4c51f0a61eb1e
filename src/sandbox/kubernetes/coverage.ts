import type { Coverage } from '../coverage.js';

/** A line of Kubernetes' list: of kinds that it is about, or of requests (then without `kinds`). */
export interface KubernetesCoverage extends Coverage {
  /** As the store names them: `pods`, `deployments.apps`; all kinds that are served are in one line. */
  readonly kinds?: readonly string[];
  /** What a write of a kind that has no effect is answered with; it follows “the sandbox stores”. */
  readonly warning?: string;
}

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
    subject: '`kubectl top`, the metrics server',
    kinds: ['apiservices.apiregistration.k8s.io'],
    how: 'simplified',
    note: "While a pod of the metrics server's image is ready, its API answers for nodes and pods whose kubelet has a certificate that it trusts; what they use is made up. Without it, and of any other API that a Service of the cluster serves, it is said why it is not available. The APIs of the API server itself are not listed.",
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
    subject: "Hetzner's cloud controller",
    how: 'simplified',
    note: 'Works while a pod of its image is ready, with the token that it started with; without its Secret, with a wrong token or a network it is not in, it does not start or crashes in its own words. It introduces nodes, removes those whose server is gone, and keeps load balancers for Services, of whose annotations it knows those of name, place, type, algorithm, networks, addresses, proxy protocol, node selector and the health check of tcp. Routes are never made.',
  },
  {
    subject: "Cilium's node IPAM",
    how: 'simulated',
    note: 'Publishes public addresses of nodes, or else their private ones, while the operator runs.',
  },
  {
    subject: "Certificate requests, Talos's cloud controller",
    kinds: ['certificatesigningrequests.certificates.k8s.io'],
    how: 'simplified',
    note: 'Kubelets that rotate their serving certificates ask for one, and before they have it logs and the like fail in the words of the API server. The controller approves them while a pod of its image is ready and is told to, or you do with kubectl. What is signed are requests of kubelets alone, and the certificate in them is a placeholder. It does nothing else: nodes are left to other controllers.',
  },
  {
    subject: "Talos's API within Kubernetes",
    how: 'simplified',
    note: 'With `kubernetesTalosAPIAccess` on a control plane, the kind ServiceAccount of talos.dev is there, and who is allowed gets a Secret; the credentials in it are empty.',
  },
  {
    subject: 'Webhooks, cert-manager',
    kinds: [
      'mutatingwebhookconfigurations.admissionregistration.k8s.io',
      'validatingwebhookconfigurations.admissionregistration.k8s.io',
    ],
    how: 'simplified',
    note: "Webhooks are stored and never called but for cert-manager's: writes of its kinds fail in the words of the API server until a pod of the webhook is ready and its authority is injected; what is in them it takes as it comes. Issuers that sign for themselves, and those of ACME, become ready; no certificate is ever made.",
    warning: 'webhooks and calls none but that of cert-manager',
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
    subject: "Hetzner's storage driver",
    how: 'simplified',
    note: 'Works while a pod of its controller is ready, with the token that it started with; it makes, attaches, enlarges, detaches and deletes volumes of the simulated project, and says what Hetzner refuses. Its node pods register it with their kubelets, and crash where a policy of Cilium for the whole cluster keeps them from the metadata service. Nothing is mounted, formatted or encrypted: that a Secret for encryption is there is asked, what is in it is not. No snapshots.',
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
