import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { isObject, stringOr, valueAt } from '../json.js';
import type { KubeObject } from '../objects.js';
import type { Identity } from '../request.js';
import type { KubeState } from '../state.js';

const issuer = 'https://kubernetes.default.svc.cluster.local';

interface TokenWish {
  readonly audiences: readonly string[];
  readonly seconds: number;
}

/** A token of a service account; what is signed can be checked by this API only. */
export function issueToken(state: KubeState, account: KubeObject, wish: TokenWish): string {
  const { name, namespace = '', uid } = account.metadata;
  const issued = Math.floor(state.now / 1_000);
  const claims = {
    aud: wish.audiences.length > 0 ? wish.audiences : [issuer],
    exp: issued + wish.seconds,
    iat: issued,
    iss: issuer,
    jti: randomUUID(),
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
    nbf: issued,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  const content = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${signature(state, content).toString('base64url')}`;
}

/** Whose a token is; undefined when it is none of this API, has expired or its account is gone. */
export function tokenIdentity(state: KubeState, token: string): Identity | undefined {
  const [head = '', body = '', signed = ''] = token.split('.');
  const wanted = signature(state, `${head}.${body}`);
  const given = Buffer.from(signed, 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  if (!isObject(claims) || Number(claims['exp']) * 1_000 <= state.now) return undefined;
  const account = valueAt(claims, ['kubernetes.io', 'serviceaccount']);
  const namespace = stringOr(valueAt(claims, ['kubernetes.io', 'namespace']));
  const uid = stringOr(valueAt(account, ['uid']));
  const found = state.store.get('serviceaccounts', stringOr(valueAt(account, ['name'])), namespace);
  if (found?.metadata.uid !== uid) return undefined;
  return { ...accountIdentity(namespace, found.metadata.name), uid };
}

/** The user and groups of a service account. */
export function accountIdentity(namespace: string, name: string): Identity {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: [
      'system:serviceaccounts',
      `system:serviceaccounts:${namespace}`,
      'system:authenticated',
    ],
  };
}

function signature(state: KubeState, content: string): Buffer {
  return createHmac('sha256', state.instance).update(content).digest();
}
