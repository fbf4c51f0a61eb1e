import { notAllowed } from './api-error.js';
import { objectOr } from './json.js';
import type { ApiAnswer, ApiRequest } from './request.js';
import { apiVersionOf, type ResourceType } from './resources.js';

/** Answers "who am I" and "may I": an administrator may do anything. */
export function reviewAnswer(request: ApiRequest, type: ResourceType): ApiAnswer {
  if (request.method !== 'POST') throw notAllowed();
  const { user, groups } = request.identity;
  const isSelf = type.kind === 'SelfSubjectReview';
  const status = isSelf
    ? { userInfo: { username: user, groups: [...groups, 'system:authenticated'] } }
    : { allowed: true };
  const { spec } = objectOr(request.body);
  const body = { apiVersion: apiVersionOf(type), kind: type.kind, metadata: {}, spec, status };
  return { status: 201, body };
}
