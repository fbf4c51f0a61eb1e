import type { KubernetesCoverage } from './coverage-row.js';

/** What acts in a cluster when its workloads run. */
export const servicesCoverage: readonly KubernetesCoverage[] = [
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
    subject: "Hetzner's storage driver",
    how: 'simplified',
    note: 'Works while a pod of its controller is ready, with the token that it started with; it makes, attaches, enlarges, detaches and deletes volumes of the simulated project, and says what Hetzner refuses. Its node pods register it with their kubelets, and crash where a policy of Cilium for the whole cluster keeps them from the metadata service. Nothing is mounted, formatted or encrypted: that a Secret for encryption is there is asked, what is in it is not. No snapshots.',
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
    subject: '`kubectl top`, the metrics server',
    kinds: ['apiservices.apiregistration.k8s.io'],
    how: 'simplified',
    note: "While a pod of the metrics server's image is ready, its API answers for nodes and pods whose kubelet has a certificate that it trusts; what they use is made up. Without it, and of any other API that a Service of the cluster serves, it is said why it is not available. The APIs of the API server itself are not listed.",
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
];
