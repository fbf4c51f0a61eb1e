import {
  fields,
  flag,
  listOf,
  text,
  textMap,
  texts,
  anything,
  type Schema,
} from '../schemas/schema.js';
import type { KubeState } from '../state.js';
import type { Definition } from '../stored-kinds.js';

const plural = 'ciliumclusterwidenetworkpolicies';

/** Cilium's operator makes the definitions of its kinds itself, once a pod of it runs. */
export function defineCiliumKinds(state: KubeState): void {
  const operator = state.store.get('deployments.apps', 'cilium-operator', 'kube-system');
  if ((operator?.status?.availableReplicas ?? 0) < 1) return;
  const name = `${plural}.cilium.io`;
  if (state.store.get('customresourcedefinitions.apiextensions.k8s.io', name)) return;
  state.create<Definition>('customresourcedefinitions.apiextensions.k8s.io', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: 'cilium.io',
      scope: 'Cluster',
      names: {
        plural,
        kind: 'CiliumClusterwideNetworkPolicy',
        singular: 'ciliumclusterwidenetworkpolicy',
        shortNames: ['ccnp'],
        categories: ['cilium', 'ciliumpolicy'],
      },
      versions: [
        {
          name: 'v2',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: fields({ spec: rule, specs: listOf(rule), status: anything }),
          },
        },
      ],
    },
  });
}

const selector = fields({
  matchLabels: textMap,
  matchExpressions: listOf(
    fields(
      {
        key: text,
        operator: { type: 'string', enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
        values: texts,
      },
      ['key', 'operator'],
    ),
  ),
});

const cidr: Schema = { type: 'string', pattern: String.raw`^[0-9a-fA-F.:]+/[0-9]{1,3}$` };

/** What a peer is named by; of entities and ports only that they are lists. */
const denied = fields({
  toCIDR: listOf(cidr),
  toCIDRSet: listOf(anything),
  toEndpoints: listOf(selector),
  toEntities: texts,
  toGroups: listOf(anything),
  toNodes: listOf(selector),
  toPorts: listOf(anything),
  toServices: listOf(anything),
  icmps: listOf(anything),
});

/** A rule (cilium/cilium v1.19, pkg/policy/api/rule.go), its allowing parts as they come. */
const rule = fields({
  description: text,
  labels: listOf(anything),
  endpointSelector: selector,
  nodeSelector: selector,
  enableDefaultDeny: fields({ egress: flag, ingress: flag }),
  ingress: listOf(anything),
  ingressDeny: listOf(anything),
  egress: listOf(anything),
  egressDeny: listOf(denied),
});
