import { objectOr, stringOr, valueAt } from '../json.js';
import type { KubeState } from '../state.js';
import type { Container, EnvironmentVariable, Pod } from '../workloads.js';

/** The environment of a container, or why its kubelet cannot make it. */
export type Environment =
  { readonly variables: Readonly<Record<string, string>> } | { readonly refused: string };

/** Reads what a container's variables come from (kubelet source, kubelet_pods.go, makeEnvironmentVariables). */
export function environmentOf(state: KubeState, pod: Pod, container: Container): Environment {
  const variables: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const found = valueOf(state, pod, variable);
    if (typeof found === 'object') return found;
    if (found !== undefined) variables[variable.name] = found;
  }
  return { variables };
}

/** Whether any container of a pod lacks what its environment comes from; and which. */
export function environmentRefusal(state: KubeState, pod: Pod): string | undefined {
  for (const container of pod.spec.containers) {
    const environment = environmentOf(state, pod, container);
    if ('refused' in environment) return environment.refused;
  }
  return undefined;
}

function valueOf(
  state: KubeState,
  pod: Pod,
  { value, valueFrom }: EnvironmentVariable,
): string | undefined | { readonly refused: string } {
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom ?? {};
  if (fieldRef) return stringOr(valueAt(pod, fieldRef.fieldPath.split('.')));
  const reference = secretKeyRef ?? configMapKeyRef;
  if (!reference) return value ?? '';
  const kind = secretKeyRef ? 'Secret' : 'ConfigMap';
  const { name = '', key, optional = false } = reference;
  const { namespace = '' } = pod.metadata;
  const source = state.store.get(`${kind.toLowerCase()}s`, name, namespace);
  const content = objectOr(source?.['data'])[key];
  if (typeof content === 'string') {
    return secretKeyRef ? Buffer.from(content, 'base64').toString('utf8') : content;
  }
  if (optional) return undefined;
  if (!source) return { refused: `${kind.toLowerCase()} "${name}" not found` };
  return { refused: `couldn't find key ${key} in ${kind} ${namespace}/${name}` };
}
