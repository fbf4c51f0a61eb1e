import { withServiceAccount } from './admission/service-account.js';
import { withClaimDefaults, withVolumeDefaults } from './claim-defaults.js';
import { isObject, listOr, objectOr, stringOr, type JsonObject } from './json.js';
import { qosClass, withRequests } from './pod-resources.js';
import { withServiceDefaults } from './services.js';
import type { KubeState } from './state.js';

type Defaulter = (object: JsonObject, state: KubeState) => JsonObject;

/** What the API server fills in when an object of a built-in kind is written. */
export function withServerDefaults(kind: string, object: JsonObject, state: KubeState): JsonObject {
  const fill = defaulters[kind];
  return fill ? fill(object, state) : object;
}

function inSpec(object: JsonObject, fill: (spec: JsonObject) => JsonObject): JsonObject {
  return { ...object, spec: fill(objectOr(object['spec'])) };
}

function templated(spec: JsonObject): JsonObject {
  const template = objectOr(spec['template']);
  return { ...spec, template: { ...template, spec: podSpec(objectOr(template['spec'])) } };
}

function claimTemplate(given: unknown): JsonObject {
  const spec = { volumeMode: 'Filesystem', ...objectOr(objectOr(given)['spec']) };
  const identity = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  return { ...identity, ...objectOr(given), spec, status: { phase: 'Pending' } };
}

const quarter = { maxUnavailable: '25%', maxSurge: '25%' };

function rolling(given: unknown, rollingUpdate: JsonObject | undefined): JsonObject {
  const strategy = { type: 'RollingUpdate', ...objectOr(given) };
  if (strategy.type !== 'RollingUpdate' || !rollingUpdate) return strategy;
  const own = 'rollingUpdate' in strategy ? objectOr(strategy.rollingUpdate) : {};
  return { ...strategy, rollingUpdate: { ...rollingUpdate, ...own } };
}

const defaulters: Record<string, Defaulter> = {
  Pod: (object, state) => {
    const filled = withPodStatus(inSpec(object, (spec) => withPodTolerations(podSpec(spec))));
    return isStored(state, object) ? filled : withAdmitted(filled, state);
  },
  Deployment: (object) =>
    inSpec(object, (spec) => ({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...templated(spec),
      strategy: rolling(spec['strategy'], quarter),
    })),
  ReplicaSet: (object) => inSpec(object, (spec) => ({ replicas: 1, ...templated(spec) })),
  DaemonSet: (object) =>
    inSpec(object, (spec) => ({
      revisionHistoryLimit: 10,
      ...templated(spec),
      updateStrategy: rolling(spec['updateStrategy'], { maxUnavailable: 1, maxSurge: 0 }),
    })),
  StatefulSet: (object) =>
    inSpec(object, (spec) => ({
      replicas: 1,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      ...templated(spec),
      updateStrategy: rolling(spec['updateStrategy'], { partition: 0 }),
      ...(Array.isArray(spec['volumeClaimTemplates'])
        ? { volumeClaimTemplates: spec['volumeClaimTemplates'].map(claimTemplate) }
        : {}),
    })),
  CronJob: (object) =>
    inSpec(object, (spec) => {
      const { jobTemplate, ...rest } = spec;
      const inner = objectOr(jobTemplate);
      return {
        concurrencyPolicy: 'Allow',
        failedJobsHistoryLimit: 1,
        successfulJobsHistoryLimit: 3,
        suspend: false,
        ...rest,
        jobTemplate: { ...inner, spec: templated(objectOr(inner['spec'])) },
      };
    }),
  Job: (object) =>
    inSpec(object, (spec) => ({
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'TerminatingOrFailed',
      completions: 1,
      parallelism: 1,
      suspend: false,
      ...templated(spec),
    })),
  Service: withServiceDefaults,
  Secret: secret,
  PersistentVolumeClaim: withClaimDefaults,
  PersistentVolume: withVolumeDefaults,
  Namespace: namespace,
  CustomResourceDefinition: (object) =>
    inSpec(object, (spec) => {
      const names = objectOr(spec['names']);
      const kind = stringOr(names['kind']);
      const filled = { singular: kind.toLowerCase(), listKind: `${kind}List`, ...names };
      return { conversion: { strategy: 'None' }, ...spec, names: filled };
    }),
  PodDisruptionBudget: (object) => inSpec(object, (spec) => spec),
};

function podSpec(spec: JsonObject): JsonObject {
  const lists = Object.fromEntries(
    ['containers', 'initContainers']
      .filter((field) => Array.isArray(spec[field]))
      .map((field) => [
        field,
        listOr(spec[field]).map((item) => containerDefaults(objectOr(item), spec)),
      ]),
  );
  return {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
    securityContext: {},
    ...spec,
    ...lists,
  };
}

function containerDefaults(container: JsonObject, spec: JsonObject): JsonObject {
  const image = stringOr(container['image']);
  const isLatest = image.endsWith(':latest') || !/:[^/]+$/.test(image);
  const filled: JsonObject = {
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
    ...container,
  };
  if (spec['hostNetwork'] !== true || !Array.isArray(container['ports'])) return filled;
  // On the host's network every port of a container is one of the host.
  const ports = listOr(container['ports']).map((port) => {
    const given = objectOr(port);
    return { hostPort: given['containerPort'], ...given };
  });
  return { ...filled, ports };
}

function withPodStatus(pod: JsonObject): JsonObject {
  const given = objectOr(pod['spec']);
  const containers = listOr(given['containers']).map((item) => withRequests(objectOr(item)));
  const spec = { ...given, containers };
  const status = { phase: 'Pending', qosClass: qosClass(spec), ...objectOr(pod['status']) };
  return { ...pod, spec, status };
}

function isStored({ store }: KubeState, object: JsonObject): boolean {
  const { name, namespace } = objectOr(object['metadata']);
  return store.get('pods', stringOr(name), stringOr(namespace)) !== undefined;
}

// Admission plugins Priority and ServiceAccount.
function withAdmitted(pod: JsonObject, state: KubeState): JsonObject {
  const ranked = inSpec(pod, (spec) => {
    const name = stringOr(spec['priorityClassName']);
    const found = state.store.get('priorityclasses.scheduling.k8s.io', name);
    const { value = 0, preemptionPolicy = 'PreemptLowerPriority' } = { ...found };
    return { priority: value, preemptionPolicy, enableServiceLinks: true, ...spec };
  });
  return withServiceAccount(ranked, state);
}

// Admission plugin DefaultTolerationSeconds.
function withPodTolerations(spec: JsonObject): JsonObject {
  const tolerations = listOr(spec['tolerations']).filter(isObject);
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !tolerations.some((item) => toleratesEviction(item, key)))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
  return { ...spec, tolerations: [...tolerations, ...added] };
}

function toleratesEviction(toleration: JsonObject, key: string): boolean {
  const { key: own, effect } = toleration;
  return (own === key || own === undefined) && (effect === 'NoExecute' || effect === undefined);
}

function secret(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  const encoded = Object.entries(objectOr(stringData)).map(([key, value]) => [
    key,
    Buffer.from(stringOr(value)).toString('base64'),
  ]);
  const data = { ...objectOr(rest['data']), ...Object.fromEntries(encoded) } as JsonObject;
  const filled = Object.keys(data).length > 0 ? { ...rest, data } : rest;
  return { type: 'Opaque', ...filled };
}

function namespace(object: JsonObject): JsonObject {
  const metadata = objectOr(object['metadata']);
  const labels = {
    ...objectOr(metadata['labels']),
    'kubernetes.io/metadata.name': metadata['name'],
  };
  return {
    ...object,
    metadata: { ...metadata, labels },
    spec: { finalizers: ['kubernetes'], ...objectOr(object['spec']) },
    status: { phase: 'Active', ...objectOr(object['status']) },
  };
}
