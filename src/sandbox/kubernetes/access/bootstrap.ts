import type { JsonObject } from '../json.js';
import type { KubeObject } from '../objects.js';
import type { Draft } from '../state.js';

const everything = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];
const health = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const documents = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'];
const workloadGroups = ['', 'apps', 'batch', 'autoscaling', 'networking.k8s.io', 'policy'];
const reads = ['get', 'list', 'watch'];
const writes = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const namespaced = [
  'configmaps',
  'controllerrevisions',
  'cronjobs',
  'daemonsets',
  'deployments',
  'deployments/scale',
  'endpoints',
  'events',
  'horizontalpodautoscalers',
  'ingresses',
  'jobs',
  'limitranges',
  'networkpolicies',
  'persistentvolumeclaims',
  'poddisruptionbudgets',
  'pods',
  'pods/log',
  'pods/status',
  'replicasets',
  'replicasets/scale',
  'replicationcontrollers',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'statefulsets',
  'statefulsets/scale',
];

/** The rules of the roles that a new cluster has and people or charts rely on. */
const roles: Readonly<Record<string, readonly JsonObject[]>> = {
  'cluster-admin': everything,
  'system:basic-user': [
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
  ],
  'system:discovery': [{ nonResourceURLs: [...documents, ...health], verbs: ['get'] }],
  'system:public-info-viewer': [{ nonResourceURLs: health, verbs: ['get'] }],
  view: [
    { apiGroups: workloadGroups, resources: namespaced, verbs: reads },
    { apiGroups: [''], resources: ['namespaces'], verbs: reads },
  ],
  edit: [
    {
      apiGroups: workloadGroups,
      resources: [...namespaced, 'secrets'],
      verbs: [...reads, ...writes],
    },
    {
      apiGroups: [''],
      resources: [
        'pods/attach',
        'pods/exec',
        'pods/portforward',
        'pods/eviction',
        'serviceaccounts/token',
      ],
      verbs: ['get', 'create'],
    },
    { apiGroups: [''], resources: ['namespaces'], verbs: reads },
  ],
  admin: [
    {
      apiGroups: workloadGroups,
      resources: [...namespaced, 'secrets'],
      verbs: [...reads, ...writes],
    },
    {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['roles', 'rolebindings'],
      verbs: [...reads, ...writes],
    },
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['localsubjectaccessreviews'],
      verbs: ['create'],
    },
    { apiGroups: [''], resources: ['namespaces'], verbs: reads },
  ],
};

const bindings: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['system:masters'],
  'system:basic-user': ['system:authenticated'],
  'system:discovery': ['system:authenticated'],
  'system:public-info-viewer': ['system:authenticated', 'system:unauthenticated'],
};

const apiGroup = 'rbac.authorization.k8s.io';
const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

/** The ClusterRoles that a new cluster has. */
export const bootstrapRoles: readonly Draft<KubeObject>[] = Object.entries(roles).map(
  ([name, rules]) => ({
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRole',
    metadata: { name, labels },
    ...(['view', 'edit', 'admin'].includes(name) ? { aggregationRule: aggregation(name) } : {}),
    rules,
  }),
);

/** The ClusterRoleBindings that a new cluster has. */
export const bootstrapBindings: readonly Draft<KubeObject>[] = Object.entries(bindings).map(
  ([name, groups]) => ({
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels },
    roleRef: { apiGroup, kind: 'ClusterRole', name },
    subjects: groups.map((group) => ({ apiGroup, kind: 'Group', name: group })),
  }),
);

function aggregation(name: string): JsonObject {
  const matchLabels = { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' };
  return { clusterRoleSelectors: [{ matchLabels }] };
}
