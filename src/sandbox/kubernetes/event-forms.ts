import type { KubeObject } from './objects.js';

/** What events.k8s.io calls the fields of an event (Kubernetes source, pkg/apis/events/v1/conversion.go). */
const newer: Readonly<Record<string, string>> = {
  count: 'deprecatedCount',
  firstTimestamp: 'deprecatedFirstTimestamp',
  involvedObject: 'regarding',
  lastTimestamp: 'deprecatedLastTimestamp',
  message: 'note',
  reportingComponent: 'reportingController',
  source: 'deprecatedSource',
};
const older = Object.fromEntries(Object.entries(newer).map(([old, name]) => [name, old]));

/** An object as one version of its group shows it; events, which are stored as of v1, have two forms. */
export function inVersion<T extends KubeObject>(object: T, apiVersion: string): T {
  if (object.apiVersion === apiVersion) return object;
  const fields = object.kind === 'Event' ? (apiVersion === 'v1' ? older : newer) : {};
  const entries = Object.entries(object).map(([name, value]) => [fields[name] ?? name, value]);
  return { ...Object.fromEntries(entries), apiVersion } as T;
}

/** An object as it is stored: events of events.k8s.io are those of v1. */
export function asStored<T extends KubeObject>(object: T): T {
  return object.apiVersion === 'events.k8s.io/v1' ? inVersion(object, 'v1') : object;
}
