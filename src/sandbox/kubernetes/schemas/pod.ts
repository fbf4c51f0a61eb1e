import { labelSelector, metadata, requirements } from './metadata.js';
import {
  anything,
  fields,
  flag,
  integer,
  keyedList,
  listOf,
  numberOrText,
  text,
  textMap,
  texts,
  type Schema,
} from './schema.js';

const env = fields({ name: text, value: text, valueFrom: anything }, ['name']);

const containerPort = fields(
  {
    name: text,
    containerPort: { type: 'integer', minimum: 1, maximum: 65_535 },
    hostPort: { type: 'integer', minimum: 0, maximum: 65_535 },
    hostIP: text,
    protocol: { type: 'string', enum: ['TCP', 'UDP', 'SCTP'], default: 'TCP' },
  },
  ['containerPort'],
);

const volumeMount = fields(
  {
    name: text,
    mountPath: text,
    subPath: text,
    subPathExpr: text,
    readOnly: flag,
    recursiveReadOnly: text,
    mountPropagation: text,
  },
  ['name', 'mountPath'],
);

const quantities: Schema = { type: 'object', additionalProperties: numberOrText };

const resources = fields({ limits: quantities, requests: quantities, claims: anything });

const container = fields(
  {
    name: text,
    image: text,
    imagePullPolicy: { type: 'string', enum: ['Always', 'IfNotPresent', 'Never'] },
    command: texts,
    args: texts,
    workingDir: text,
    env: keyedList(env, 'name'),
    envFrom: anything,
    ports: keyedList(containerPort, 'containerPort', 'protocol'),
    resources,
    resizePolicy: anything,
    restartPolicy: text,
    volumeMounts: keyedList(volumeMount, 'mountPath'),
    volumeDevices: anything,
    livenessProbe: anything,
    readinessProbe: anything,
    startupProbe: anything,
    lifecycle: anything,
    securityContext: anything,
    terminationMessagePath: text,
    terminationMessagePolicy: text,
    stdin: flag,
    stdinOnce: flag,
    tty: flag,
    targetContainerName: text,
  },
  ['name'],
);

const selectorTerm = fields({ matchExpressions: requirements, matchFields: requirements });

const podAffinityTerm = fields(
  {
    labelSelector,
    topologyKey: text,
    namespaces: texts,
    namespaceSelector: labelSelector,
    matchLabelKeys: texts,
    mismatchLabelKeys: texts,
  },
  ['topologyKey'],
);

const podAffinity = fields({
  requiredDuringSchedulingIgnoredDuringExecution: listOf(podAffinityTerm),
  preferredDuringSchedulingIgnoredDuringExecution: anything,
});

const affinity = fields({
  nodeAffinity: fields({
    requiredDuringSchedulingIgnoredDuringExecution: fields(
      { nodeSelectorTerms: listOf(selectorTerm) },
      ['nodeSelectorTerms'],
    ),
    preferredDuringSchedulingIgnoredDuringExecution: anything,
  }),
  podAffinity,
  podAntiAffinity: podAffinity,
});

const toleration = fields({
  key: text,
  operator: { type: 'string', enum: ['Exists', 'Equal'] },
  value: text,
  effect: { type: 'string', enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
  tolerationSeconds: integer,
});

const volume: Schema = {
  ...fields({ name: text, configMap: configuration('name'), secret: configuration('secretName') }, [
    'name',
  ]),
  // The other kinds of volumes say nothing to the simulation.
  'x-kubernetes-preserve-unknown-fields': true,
};

function configuration(name: string): Schema {
  return fields({ [name]: text, items: anything, defaultMode: integer, optional: flag });
}

export const podSpec = fields(
  {
    activeDeadlineSeconds: integer,
    affinity,
    automountServiceAccountToken: flag,
    containers: { ...keyedList(container, 'name'), minItems: 1 },
    dnsConfig: anything,
    dnsPolicy: text,
    enableServiceLinks: flag,
    ephemeralContainers: anything,
    hostAliases: anything,
    hostIPC: flag,
    hostNetwork: flag,
    hostPID: flag,
    hostUsers: flag,
    hostname: text,
    imagePullSecrets: keyedList(fields({ name: text }), 'name'),
    initContainers: keyedList(container, 'name'),
    nodeName: text,
    nodeSelector: textMap,
    os: anything,
    overhead: quantities,
    preemptionPolicy: text,
    priority: integer,
    priorityClassName: text,
    readinessGates: anything,
    resources,
    restartPolicy: { type: 'string', enum: ['Always', 'OnFailure', 'Never'] },
    runtimeClassName: text,
    schedulerName: text,
    schedulingGates: anything,
    securityContext: anything,
    serviceAccount: text,
    serviceAccountName: text,
    setHostnameAsFQDN: flag,
    shareProcessNamespace: flag,
    subdomain: text,
    terminationGracePeriodSeconds: integer,
    tolerations: listOf(toleration),
    topologySpreadConstraints: anything,
    volumes: keyedList(volume, 'name'),
  },
  ['containers'],
);

export const podTemplate = fields({ metadata, spec: podSpec }, ['spec']);
