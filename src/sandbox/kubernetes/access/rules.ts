import { listOr, objectOr, stringOr, type JsonObject } from '../json.js';
import type { KubeObject, LabelSelector } from '../objects.js';
import type { Identity } from '../request.js';
import { selects } from '../selectors.js';
import type { KubeState } from '../state.js';

/** What somebody wants to do. */
export interface Attempt {
  readonly verb: string;
  readonly group: string;
  /** `pods`, `pods/log`; empty for a path that is no resource. */
  readonly resource: string;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly path?: string | undefined;
}

/** A rule that holds for an identity, and the words of the real authorizer for why. */
interface Granted {
  readonly rule: JsonObject;
  readonly reason: string;
}

const group = 'rbac.authorization.k8s.io';

/** Why an identity may do something; undefined when it may not. */
export function permission(
  state: KubeState,
  identity: Identity,
  attempt: Attempt,
): string | undefined {
  // The group of administrators needs no rule.
  if (identity.groups.includes('system:masters')) return '';
  return rulesFor(state, identity, attempt.namespace).find(({ rule }) => allows(rule, attempt))
    ?.reason;
}

/** All rules that hold for an identity, in the cluster and in one namespace. */
export function rulesFor(
  state: KubeState,
  identity: Identity,
  namespace: string | undefined,
): readonly Granted[] {
  const everywhere = state.store.list(`clusterrolebindings.${group}`);
  const here = namespace === undefined ? [] : state.store.list(`rolebindings.${group}`, namespace);
  return [...everywhere, ...here].flatMap((binding) => {
    const subject = listOr(binding['subjects'])
      .map(objectOr)
      .find((item) => isSubject(item, identity, binding));
    if (!subject) return [];
    const role = objectOr(binding['roleRef']);
    const reason = reasonOf(binding, role, subject);
    return rulesOf(state, role, binding.metadata.namespace).map((rule) => ({ rule, reason }));
  });
}

function isSubject(subject: JsonObject, identity: Identity, binding: KubeObject): boolean {
  const name = stringOr(subject['name']);
  if (subject['kind'] === 'Group') return identity.groups.includes(name);
  if (subject['kind'] !== 'ServiceAccount') return identity.user === name;
  const namespace = stringOr(subject['namespace'], binding.metadata.namespace ?? '');
  return identity.user === `system:serviceaccount:${namespace}:${name}`;
}

function rulesOf(
  state: KubeState,
  reference: JsonObject,
  namespace: string | undefined,
): readonly JsonObject[] {
  const name = stringOr(reference['name']);
  if (reference['kind'] === 'Role') {
    return ownRules(state.store.get(`roles.${group}`, name, namespace));
  }
  const role = state.store.get(`clusterroles.${group}`, name);
  const selectors = listOr(objectOr(role?.['aggregationRule'])['clusterRoleSelectors']);
  const parts = selectors.flatMap((selector) =>
    state.store
      .list(`clusterroles.${group}`)
      .filter(({ metadata }) => selects(selector as LabelSelector, metadata.labels)),
  );
  return [role, ...parts].flatMap(ownRules);
}

function ownRules(role: KubeObject | undefined): readonly JsonObject[] {
  return listOr(role?.['rules']).map(objectOr);
}

function allows(rule: JsonObject, { verb, group, resource, name, path }: Attempt): boolean {
  if (!has(rule['verbs'], verb)) return false;
  if (path !== undefined) {
    return listOr(rule['nonResourceURLs']).some(
      (url) =>
        url === path || (String(url).endsWith('*') && path.startsWith(String(url).slice(0, -1))),
    );
  }
  const subresource = resource.split('/')[1];
  const named = listOr(rule['resourceNames']);
  return (
    has(rule['apiGroups'], group) &&
    (has(rule['resources'], resource) ||
      (subresource !== undefined && listOr(rule['resources']).includes(`*/${subresource}`))) &&
    (named.length === 0 || (name !== undefined && named.includes(name)))
  );
}

function has(list: unknown, wanted: string): boolean {
  return listOr(list).some((item) => item === '*' || item === wanted);
}

/** `RBAC: allowed by RoleBinding "rb1/play" of Role "r1" to ServiceAccount "bot/play"` */
function reasonOf(binding: KubeObject, role: JsonObject, subject: JsonObject): string {
  const { name, namespace } = binding.metadata;
  const where = namespace === undefined ? name : `${name}/${namespace}`;
  const who = ['name', 'namespace'].map((field) => stringOr(subject[field])).filter(Boolean);
  return (
    `RBAC: allowed by ${binding.kind} "${where}" of ${stringOr(role['kind'])} ` +
    `"${stringOr(role['name'])}" to ${stringOr(subject['kind'])} "${who.join('/')}"`
  );
}
