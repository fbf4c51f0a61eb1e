import { checkAdmission } from './admission-policies.js';
import { admit } from './admission/admit.js';
import { alreadyExists, badRequest, forbidden, notFound } from './api-error.js';
import { withServerDefaults } from './defaults.js';
import { asStored } from './event-forms.js';
import { withJobSelector } from './job-selector.js';
import { objectOr, omit, stringOr, type JsonObject } from './json.js';
import { withCanonicalQuantities } from './quantity-fields.js';
import { recordUpdate, type Manager } from './managed-fields.js';
import type { KubeObject } from './objects.js';
import {
  apiVersionOf,
  builtinType,
  isBuiltinGroup,
  storeKey,
  type ResourceType,
} from './resources.js';
import type { KubeState } from './state.js';
import {
  checkContent,
  checkKind,
  decode,
  schemaDefaults,
  type FieldValidation,
} from './validate.js';

/** How a write was asked for. */
export interface WriteOptions {
  readonly manager: Manager;
  readonly dryRun: boolean;
  readonly validation: FieldValidation;
  readonly warn: (text: string) => void;
}

/** Where a write goes to. */
export interface Target {
  readonly state: KubeState;
  readonly type: ResourceType;
  readonly namespace: string | undefined;
}

/** Creates an object from a client's body; its managed fields are the manager's. */
export function createObject(target: Target, body: JsonObject, options: WriteOptions): KubeObject {
  const draft = prepareNew(target, decodeBody(target, body, options));
  const { schema } = target.type;
  const { manager } = options;
  const now = target.state.now;
  return insert(target, recordUpdate(undefined, draft, { manager, schema, now }), options);
}

/** A complete new object: identity, defaults, and every rule checked. */
export function prepareNew(target: Target, body: JsonObject): KubeObject {
  const { state, type, namespace } = target;
  checkKind(type, body);
  const given = objectOr(body['metadata']);
  const name = stringOr(given['name']) || generatedName(state, given);
  const own = stringOr(given['namespace'], namespace ?? '');
  if (own !== (namespace ?? '')) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (namespace !== undefined) checkNamespace(state, type, namespace, name);
  const metadata = {
    ...omit(given, [...serverSet, 'namespace']),
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
  const content = type.hasStatus ? omit(body, ['status']) : body;
  const object = complete(target, { ...content, metadata });
  checkContent(type, object);
  checkAdmission({ state, type, object, before: undefined });
  const { metadata: checked, ...rest } = object;
  const generation = hasGeneration(type, object) ? { generation: 1 } : {};
  const draft = { ...rest, metadata: { ...objectOr(checked), name, ...generation } };
  return withJobSelector(state.identified(draft));
}

/** Stores a prepared object, unless there is one of its name. */
export function insert(
  { state, type }: Target,
  object: KubeObject,
  options: WriteOptions,
): KubeObject {
  const { name, namespace } = object.metadata;
  admit(state, { type, object, warn: options.warn });
  if (state.store.get(storeKey(type), name, namespace)) throw alreadyExists(type, name);
  return options.dryRun ? object : state.store.put(storeKey(type), asStored(object));
}

/** What only the server writes. */
export const serverSet = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];

/** What a client sent, of the right kind and without unknown fields. */
export function decodeBody({ type }: Target, body: JsonObject, options: WriteOptions): JsonObject {
  checkKind(type, body);
  return decode(type, body, options);
}

/** The object with all that the server fills in. */
export function complete({ state, type }: Target, body: JsonObject): JsonObject {
  const filled = schemaDefaults(type, { ...body, apiVersion: apiVersionOf(type), kind: type.kind });
  const cleaned = Object.fromEntries(
    Object.entries(filled).filter(([, value]) => value !== undefined),
  );
  if (!isBuiltinGroup(type.group)) return cleaned;
  return withServerDefaults(type.kind, withCanonicalQuantities(type.kind, cleaned), state);
}

function generatedName(state: KubeState, metadata: JsonObject): string {
  const prefix = stringOr(metadata['generateName']);
  return prefix === '' ? '' : prefix + state.nameSuffix();
}

function checkNamespace(
  state: KubeState,
  type: ResourceType,
  namespace: string,
  name: string,
): void {
  const found = state.store.get('namespaces', namespace);
  if (!found) throw notFound(builtinType('namespaces'), namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw forbidden(type, name, why);
}

const uncounted = new Set([
  'CertificateSigningRequest',
  'HorizontalPodAutoscaler',
  'Lease',
  'VolumeAttachment',
]);

/** Whether changes of the object's content are counted. */
export function hasGeneration(type: ResourceType, object: JsonObject): boolean {
  if (type.kind === 'PriorityClass') return true;
  const isCounted = type.kind === 'Pod' || (type.group !== '' && !uncounted.has(type.kind));
  return isCounted && object['spec'] !== undefined;
}
