import { badRequest, notAllowed } from '../api-error.js';
import { isObject, listOr, objectOr, stringOr, type JsonObject } from '../json.js';
import type { ApiAnswer, ApiRequest, Identity, ResourcePath } from '../request.js';
import { apiVersionOf } from '../resources.js';
import type { KubeState } from '../state.js';
import { permission, rulesFor, type Attempt } from './rules.js';
import { tokenIdentity } from './tokens.js';

/** Answers the kinds that are questions: who am I, whose is a token, may I, may they. */
export function reviewAnswer(
  state: KubeState,
  request: ApiRequest,
  { type, namespace }: ResourcePath,
): ApiAnswer {
  if (request.method !== 'POST') throw notAllowed();
  const answer = answers[type.kind];
  if (!answer) throw badRequest(`the sandbox does not take ${type.plural}`);
  const { spec, metadata = {} } = objectOr(request.body);
  const status = answer({ state, identity: request.identity, spec: objectOr(spec), namespace });
  const shown = type.kind === 'SelfSubjectRulesReview' ? {} : spec;
  const body = { apiVersion: apiVersionOf(type), kind: type.kind, metadata, spec: shown, status };
  return { status: 201, body };
}

interface Question {
  readonly state: KubeState;
  readonly identity: Identity;
  readonly spec: JsonObject;
  readonly namespace: string | undefined;
}

const answers: Readonly<Record<string, (question: Question) => JsonObject>> = {
  SelfSubjectReview: ({ identity }) => ({ userInfo: userInfo(identity) }),
  TokenReview: ({ state, spec }) => tokenStatus(state, stringOr(spec['token'])),
  SelfSubjectAccessReview: ({ state, identity, spec }) => accessStatus(state, identity, spec),
  SubjectAccessReview: ({ state, spec }) => accessStatus(state, subjectOf(spec), spec),
  LocalSubjectAccessReview: ({ state, spec, namespace }) => {
    const attributes = { ...objectOr(spec['resourceAttributes']), namespace };
    return accessStatus(state, subjectOf(spec), { resourceAttributes: attributes });
  },
  SelfSubjectRulesReview: ({ state, identity, spec }) => {
    const namespace = stringOr(spec['namespace'], 'default');
    const rules = rulesFor(state, identity, namespace).map(({ rule }) => rule);
    return {
      resourceRules: rules.filter((rule) => isObject(rule) && rule['resources'] !== undefined),
      nonResourceRules: rules.filter((rule) => rule['nonResourceURLs'] !== undefined),
      incomplete: false,
    };
  },
};

function userInfo({ user, groups, uid, credential }: Identity): JsonObject {
  const extra = { 'authentication.kubernetes.io/credential-id': [credential] };
  return {
    username: user,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(credential === undefined ? {} : { extra }),
  };
}

function tokenStatus(state: KubeState, token: string): JsonObject {
  const identity = tokenIdentity(state, token);
  if (identity) return { authenticated: true, user: userInfo(identity) };
  return { user: {}, error: '[invalid bearer token, token lookup failed]' };
}

function subjectOf(spec: JsonObject): Identity {
  return { user: stringOr(spec['user']), groups: listOr(spec['groups']).map(String) };
}

function accessStatus(state: KubeState, identity: Identity, spec: JsonObject): JsonObject {
  const reason = permission(state, identity, attemptOf(spec));
  if (reason === undefined) return { allowed: false };
  return { allowed: true, ...(reason === '' ? {} : { reason }) };
}

function attemptOf(spec: JsonObject): Attempt {
  const path = spec['nonResourceAttributes'];
  if (isObject(path)) {
    return { verb: stringOr(path['verb']), group: '', resource: '', path: stringOr(path['path']) };
  }
  const wanted = objectOr(spec['resourceAttributes']);
  const parts = [stringOr(wanted['resource']), stringOr(wanted['subresource'])];
  return {
    verb: stringOr(wanted['verb']),
    group: stringOr(wanted['group']),
    resource: parts.filter((part) => part !== '').join('/'),
    name: stringOr(wanted['name']) || undefined,
    namespace: stringOr(wanted['namespace']) || undefined,
  };
}
