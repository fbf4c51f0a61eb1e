import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../api-error.js';
import type { Identity } from '../request.js';
import type { KubeState } from '../state.js';
import { permission } from './rules.js';
import { accountIdentity, tokenIdentity } from './tokens.js';

/** Who asks: by the client certificate or a bearer token, and on whose behalf (`--as`). */
export function authenticate(
  state: KubeState,
  certificate: Identity | undefined,
  headers: IncomingHttpHeaders,
): Identity {
  const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const own = certificate ?? (token === undefined ? undefined : tokenIdentity(state, token));
  if (!own) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
  const identity = { ...own, groups: withAuthenticated(own.groups) };
  return impersonated(state, identity, headers) ?? identity;
}

function impersonated(
  state: KubeState,
  identity: Identity,
  headers: IncomingHttpHeaders,
): Identity | undefined {
  const user = headers['impersonate-user'];
  if (typeof user !== 'string') return undefined;
  mayImpersonate(state, identity, { resource: 'users', name: user });
  const groups = [headers['impersonate-group'] ?? []].flat().flatMap((value) => value.split(', '));
  for (const name of groups) mayImpersonate(state, identity, { resource: 'groups', name });
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (groups.length === 0 && namespace !== undefined && name !== undefined) {
    return accountIdentity(namespace, name);
  }
  return { user, groups: withAuthenticated(groups) };
}

function mayImpersonate(
  state: KubeState,
  identity: Identity,
  { resource, name }: { readonly resource: string; readonly name: string },
): void {
  const attempt = { verb: 'impersonate', group: '', resource, name };
  if (permission(state, identity, attempt) !== undefined) return;
  throw new ApiError(
    403,
    'Forbidden',
    `${resource} "${name}" is forbidden: User "${identity.user}" cannot impersonate resource ` +
      `"${resource}" in API group "" at the cluster scope`,
    { kind: resource, name },
  );
}

function withAuthenticated(groups: readonly string[]): readonly string[] {
  return groups.includes('system:authenticated') ? groups : [...groups, 'system:authenticated'];
}
