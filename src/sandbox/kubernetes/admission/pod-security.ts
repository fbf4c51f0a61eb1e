import { objectOr, valueAt, type JsonObject } from '../json.js';
import type { KubeObject, Labels } from '../objects.js';
import type { KubeState } from '../state.js';
import { podSecurityChecks } from './pod-security-checks.js';

// What the machine configuration of an oxide cluster gives the API server: PodSecurityConfiguration.
const defaults = { enforce: 'baseline', warn: 'restricted' } as const;
const exempt = ['kube-system'];

type Mode = keyof typeof defaults;

/** Where the pod is in objects that make pods. */
const templates: Readonly<Record<string, readonly string[]>> = {
  PodTemplate: ['template'],
  ReplicationController: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** What a user is warned of who writes a pod, or what will make pods. */
export function podSecurityWarning(state: KubeState, object: KubeObject): string | undefined {
  const path = object.kind === 'Pod' ? [] : templates[object.kind];
  if (!path) return undefined;
  const { namespace = '' } = object.metadata;
  const pod = objectOr(valueAt(object, path));
  const found = violations(state, { namespace, pod, mode: 'warn' });
  return found === undefined ? undefined : `would violate ${found}`;
}

/** What of a pod breaks the level that its namespace has for this mode, as the admission plugin says it. */
export function violations(
  state: KubeState,
  asked: { readonly namespace: string; readonly pod: JsonObject; readonly mode: Mode },
): string | undefined {
  const { namespace, pod, mode } = asked;
  if (exempt.includes(namespace)) return undefined;
  const labels: Labels = state.store.get('namespaces', namespace)?.metadata.labels ?? {};
  const own = labels[`pod-security.kubernetes.io/${mode}`];
  // A level that is none counts as the strictest.
  const level = own ?? defaults[mode];
  if (level === 'privileged') return undefined;
  const version = labels[`pod-security.kubernetes.io/${mode}-version`] ?? 'latest';
  const known = level === 'baseline' ? 'baseline' : 'restricted';
  const spec = objectOr(pod['spec']);
  const annotations = objectOr(valueAt(pod, ['metadata', 'annotations']));
  const found = podSecurityChecks[known].flatMap((check) => check({ spec, annotations }) ?? []);
  if (found.length === 0) return undefined;
  const texts = found.map(({ reason, detail }) => `${reason} (${detail})`);
  return `PodSecurity "${known}:${version}": ${texts.join(', ')}`;
}
