import { badRequest, noSuchPath } from './api-error.js';
import type { ResourceType } from './resources.js';
import type { KubeState } from './state.js';

/** A request with its body decoded. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly contentType: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly identity: Identity;
}

/** Who asks, as a client certificate or a token says. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What it was known by. */
  readonly credential?: string;
}

/** What to send back. A string is sent as plain text. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly contentType?: string;
  readonly warnings?: readonly string[];
}

/** The objects that a request is about. */
export interface ResourcePath {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Reads `/api/v1/namespaces/x/pods/y/log` and `/apis/apps/v1/deployments`; refuses what is not served. */
export function parsePath(state: KubeState, path: string): ResourcePath {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const root = parts.shift();
  const group = root === 'apis' ? (parts.shift() ?? '') : '';
  const version = parts.shift() ?? '';
  if (root !== 'api' && root !== 'apis') throw noSuchPath();
  // "namespaces/x/pods" is about pods; "namespaces/x" and "namespaces/x/status" about the namespace.
  const scoped = parts[0] === 'namespaces' && parts.length > 2 && !isNamespacePart(group, parts[2]);
  const namespace = scoped ? parts.splice(0, 2)[1] : undefined;
  const [plural = '', name, subresource, ...rest] = parts;
  const type = state.catalogue.find(group, version, plural);
  if (!type || rest.length > 0) throw noSuchPath();
  if (subresource !== undefined && !type.subresources.includes(subresource)) throw noSuchPath();
  if (!type.namespaced && namespace !== undefined) throw noSuchPath();
  if (type.namespaced && namespace === undefined && name !== undefined) throw noSuchPath();
  return { type, namespace, name, subresource };
}

function isNamespacePart(group: string, part: string | undefined): boolean {
  return group === '' && (part === 'status' || part === 'finalize');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest('invalid URL escape');
  }
}
