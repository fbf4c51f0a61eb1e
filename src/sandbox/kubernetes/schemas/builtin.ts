import { labelSelector, metadata } from './metadata.js';
import { podSpec, podTemplate } from './pod.js';
import {
  anything,
  fields,
  flag,
  integer,
  keyedList,
  listOf,
  numberOrText,
  setOf,
  text,
  textMap,
  texts,
  type Schema,
} from './schema.js';

const count: Schema = { type: 'integer', minimum: 0 };
const strategy = fields({
  type: text,
  rollingUpdate: fields({ maxUnavailable: numberOrText, maxSurge: numberOrText, partition: count }),
});

const workload = { selector: labelSelector, template: podTemplate, minReadySeconds: count };

const jobSpec = fields(
  {
    activeDeadlineSeconds: integer,
    backoffLimit: count,
    backoffLimitPerIndex: count,
    completionMode: text,
    completions: count,
    managedBy: text,
    manualSelector: flag,
    maxFailedIndexes: count,
    parallelism: count,
    podFailurePolicy: anything,
    podReplacementPolicy: text,
    selector: labelSelector,
    successPolicy: anything,
    suspend: flag,
    template: podTemplate,
    ttlSecondsAfterFinished: count,
  },
  ['template'],
);

const servicePort = fields(
  {
    name: text,
    port: { type: 'integer', minimum: 1, maximum: 65_535 },
    protocol: { type: 'string', enum: ['TCP', 'UDP', 'SCTP'], default: 'TCP' },
    targetPort: numberOrText,
    nodePort: integer,
    appProtocol: text,
  },
  ['port'],
);

const taint = fields(
  {
    key: text,
    value: text,
    effect: { type: 'string', enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
    timeAdded: text,
  },
  ['key', 'effect'],
);

/** The `spec` of kinds whose content the simulation reads or people often get wrong. */
const specs: Record<string, Schema> = {
  Pod: podSpec,
  Deployment: fields(
    {
      ...workload,
      replicas: count,
      strategy,
      revisionHistoryLimit: count,
      progressDeadlineSeconds: integer,
      paused: flag,
    },
    ['selector', 'template'],
  ),
  ReplicaSet: fields({ ...workload, replicas: count }, ['selector']),
  DaemonSet: fields({ ...workload, updateStrategy: strategy, revisionHistoryLimit: count }, [
    'selector',
    'template',
  ]),
  StatefulSet: fields(
    {
      ...workload,
      replicas: count,
      updateStrategy: strategy,
      revisionHistoryLimit: count,
      serviceName: text,
      podManagementPolicy: text,
      volumeClaimTemplates: anything,
      persistentVolumeClaimRetentionPolicy: anything,
      ordinals: anything,
    },
    ['selector', 'template'],
  ),
  Job: jobSpec,
  PodDisruptionBudget: fields({
    minAvailable: numberOrText,
    maxUnavailable: numberOrText,
    selector: labelSelector,
    unhealthyPodEvictionPolicy: text,
  }),
  Node: fields({
    podCIDR: text,
    podCIDRs: setOf(text),
    providerID: text,
    unschedulable: flag,
    taints: listOf(taint),
    configSource: anything,
    externalID: text,
  }),
  Service: {
    ...fields({
      type: {
        type: 'string',
        enum: ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'],
      },
      selector: textMap,
      ports: keyedList(servicePort, 'port', 'protocol'),
      clusterIP: text,
      clusterIPs: texts,
      loadBalancerClass: text,
      externalIPs: texts,
    }),
    'x-kubernetes-preserve-unknown-fields': true,
  },
};

const reference = fields({ apiGroup: text, kind: text, name: text, namespace: text }, [
  'kind',
  'name',
]);
const policyRule = fields(
  {
    verbs: texts,
    apiGroups: texts,
    resources: texts,
    resourceNames: texts,
    nonResourceURLs: texts,
  },
  ['verbs'],
);
const rules = listOf(policyRule);
const binding = { subjects: listOf(reference), roleRef: reference };

/** The fields beside metadata, spec and status. */
const others: Record<string, Record<string, Schema>> = {
  ConfigMap: { data: textMap, binaryData: textMap, immutable: flag },
  Secret: { data: textMap, stringData: textMap, type: text, immutable: flag },
  ServiceAccount: {
    secrets: keyedList(fields({ name: text }), 'name'),
    imagePullSecrets: keyedList(fields({ name: text }), 'name'),
    automountServiceAccountToken: flag,
  },
  Role: { rules },
  ClusterRole: { rules, aggregationRule: anything },
  RoleBinding: binding,
  ClusterRoleBinding: binding,
};

const statuses = fields({ conditions: keyedList(anything, 'type') });

/** The schema of a built-in kind. What is not described accepts any content. */
export function builtinSchema(kind: string): Schema {
  const common = { apiVersion: text, kind: text, metadata };
  const own = others[kind];
  if (own) return fields({ ...common, ...own });
  const described = specs[kind];
  return {
    ...fields({
      ...common,
      spec: described ?? anything,
      status: { ...statuses, 'x-kubernetes-preserve-unknown-fields': true },
    }),
    ...(described ? {} : { 'x-kubernetes-preserve-unknown-fields': true }),
  };
}
