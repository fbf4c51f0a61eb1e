import { isDeepStrictEqual } from 'node:util';

/** The policy's name, and the definition that Cilium's operator makes for its kind. */
export const metadataPolicyName = 'oxide-block-metadata';
export const policyDefinition = 'ciliumclusterwidenetworkpolicies.cilium.io';

/** Where Hetzner gives each server its user data: on a node, its machine configuration. */
export const metadataAddress = '169.254.169.254';

const namespaceLabel = 'k8s:io.kubernetes.pod.namespace';
/** Hetzner's own controllers ask on which server they run; the CSI driver does so as an ordinary pod. */
const exempt = ['hcloud-csi', 'hcloud-cloud-controller-manager'];

const rule = (description: string, matchExpressions: readonly object[]): object => ({
  description,
  endpointSelector: { matchExpressions },
  // Whoever has no other policy may go everywhere else as before.
  enableDefaultDeny: { egress: false, ingress: false },
  egressDeny: [{ toCIDR: [`${metadataAddress}/32`] }],
});

const specs = [
  rule('Pods do not read the machine configuration of their node.', [
    { key: namespaceLabel, operator: 'NotIn', values: ['kube-system'] },
  ]),
  rule("The same in kube-system, but for Hetzner's controllers.", [
    { key: namespaceLabel, operator: 'In', values: ['kube-system'] },
    { key: 'k8s:app.kubernetes.io/name', operator: 'NotIn', values: exempt },
  ]),
];

/**
 * Keeps pods from the metadata service, where anybody who can reach it reads the machine configuration
 * with the tokens by which nodes join, and on control planes the cluster's authority. Pods in the
 * host's network are the node itself to Cilium: no endpoint selector selects them.
 */
export const metadataPolicy: object = {
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumClusterwideNetworkPolicy',
  metadata: { name: metadataPolicyName },
  specs,
};

/** Whether a policy of that name is the one that oxide applies. */
export function isMetadataPolicy(found: {
  readonly spec?: unknown;
  readonly specs?: unknown;
}): boolean {
  return found.spec === undefined && isDeepStrictEqual(found.specs, specs);
}
