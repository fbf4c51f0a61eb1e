import { stringOr, valueAt, type JsonObject } from './json.js';
import { timestamp, type KubeObject } from './objects.js';
import type { KubeState } from './state.js';

/** What a part of the control plane, or a kubelet, tells of an object. */
export interface Note {
  readonly type?: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `replicaset-controller` */
  readonly by: string;
  /** The node of a kubelet. */
  readonly host?: string;
  /** `spec.containers{web}` */
  readonly part?: string;
  /** It is a state and no happening: told again and again while it lasts, as warnings are. */
  readonly lasting?: boolean;
}

/** The API server forgets events after this (its default). */
const keptMs = 3_600_000;
/** Large clusters forget earlier: what is kept is saved all the time. */
const most = 500;
/** What lasts is counted at most this often. */
const pauseMs = 30_000;

/** Writes an event, or counts it once more when the same was told of the object before. */
export function tell(state: KubeState, object: KubeObject, note: Note): void {
  const { uid, name, namespace } = addressOf(state, object, note);
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: reference(object, note),
    reason: note.reason,
    message: note.message,
    type: note.type ?? 'Normal',
    ...(note.by === 'default-scheduler' ? scheduling(state, note) : counting(state, note)),
  };
  const before = state.store.get('events', name, namespace);
  if (before) {
    const { lastTimestamp, count } = before as { lastTimestamp?: string | null; count?: number };
    const pause = note.type === 'Warning' || note.lasting === true ? pauseMs : 0;
    if (!lastTimestamp || Date.parse(lastTimestamp) > state.now - pause) return;
    const again = { count: (count ?? 1) + 1, lastTimestamp: timestamp(state.now) };
    state.store.put('events', { ...before, ...again });
    return;
  }
  const home = state.store.get('namespaces', namespace);
  if (!home || home.metadata.deletionTimestamp !== undefined) return;
  forgetOld(state);
  const creationTimestamp = timestamp(state.now);
  const metadata = { ...event.metadata, uid, resourceVersion: '', creationTimestamp };
  state.store.put('events', { ...event, metadata });
  namesOf(state).set(uid, name);
}

/** Whether the same was told of the object within the last hour. */
export function wasTold(state: KubeState, object: KubeObject, note: Note): boolean {
  const { name, namespace } = addressOf(state, object, note);
  return state.store.get('events', name, namespace) !== undefined;
}

/** Whether anything that begins so was told of the object within the last hour. */
export function wasToldOf(state: KubeState, { metadata }: KubeObject, begin: string): boolean {
  return state.store
    .list('events')
    .some(
      (event) =>
        valueAt(event, ['involvedObject', 'uid']) === metadata.uid &&
        stringOr(event['message']).startsWith(begin),
    );
}

interface Address {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
}

/** Equal notes of one object are one event, so its uid is made of what it says. */
function addressOf(state: KubeState, { metadata }: KubeObject, note: Note): Address {
  const parts = [metadata.uid, note.by, note.reason, note.message, note.part ?? ''];
  const uid = uidOf(digestOf(parts.join('\0')));
  const name = namesOf(state).get(uid) ?? `${metadata.name}.${momentOf(state)}`;
  return { uid, name, namespace: metadata.namespace ?? 'default' };
}

/** The time in nanoseconds, so that lists show the events of an object one after the other. */
function momentOf({ now, store }: KubeState): string {
  return (BigInt(Math.floor(now)) * million + (BigInt(store.revision) % million)).toString(16);
}

const million = 1_000_000n;

const names = new WeakMap<KubeState, Map<string, string>>();

/** The names of the events that are known, by their uids. */
function namesOf(state: KubeState): Map<string, string> {
  const present = names.get(state);
  if (present && present.size < 2 * most) return present;
  const all = [...state.store.each('events')].map(
    ({ metadata }) => [metadata.uid, metadata.name] as const,
  );
  const fresh = new Map(all);
  names.set(state, fresh);
  return fresh;
}

function reference({ apiVersion, kind, metadata }: KubeObject, { part, by }: Note): JsonObject {
  const { name, namespace, uid, resourceVersion } = metadata;
  // Kubelets name their node by its name alone, also where the uid belongs.
  if (kind === 'Node') return { kind, name, uid: by === 'kubelet' ? name : uid };
  const field = part === undefined ? {} : { fieldPath: part };
  return { apiVersion, kind, name, namespace, uid, resourceVersion, ...field };
}

// The scheduler speaks the newer form of the API, all others the older one.
function scheduling({ now }: KubeState, { by, reason }: Note): JsonObject {
  return {
    action: reason === 'Scheduled' ? 'Binding' : 'Scheduling',
    eventTime: new Date(now).toISOString().replace('Z', '000Z'),
    firstTimestamp: null,
    lastTimestamp: null,
    source: {},
    reportingComponent: by,
    reportingInstance: by,
  };
}

function counting({ now }: KubeState, { by, host }: Note): JsonObject {
  return {
    eventTime: null,
    firstTimestamp: timestamp(now),
    lastTimestamp: timestamp(now),
    count: 1,
    source: { component: by, ...(host === undefined ? {} : { host }) },
    reportingComponent: by,
    reportingInstance: host ?? '',
  };
}

/** Events are kept in the order in which they came, so the old ones are the first. */
function forgetOld({ store, now }: KubeState): void {
  let surplus = store.size('events') - most;
  for (const event of store.each('events')) {
    if (surplus-- < 0 && Date.parse(event.metadata.creationTimestamp) > now - keptMs) return;
    store.remove('events', event);
  }
}

function uidOf(digest: string): string {
  return (digest + digest).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

/** Sixteen hex digits for a text; cyrb53 by bryc, whose two halves are enough to tell events apart. */
function digestOf(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  return [a ^ (b >>> 13), b ^ (a >>> 16)].map(hex).join('');
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
