import type { ManifestObject } from '../../config/manifest-objects.js';
import type { AppliedManifest, AppliedManifests } from '../kubernetes/manifests.js';
import { nodeKeys, type NodeSettings } from './node-settings.js';

/**
 * What oxide last brought the cluster to, kept in the cluster itself without secrets, so that it is
 * known on any machine.
 */
export interface ClusterRecord {
  /** What nodes were made of, by the hash that their servers carry as a label. */
  readonly nodes: Readonly<Record<string, NodeSettings>>;
  /** SHA-256 of the manifests and charts that were used, by name and version. */
  readonly digests: Readonly<Record<string, string>>;
  /** Manifests of the user's that were applied. */
  readonly manifests: AppliedManifests;
}

export const emptyRecord: ClusterRecord = { nodes: {}, digests: {}, manifests: {} };

/** The texts of the record's ConfigMap, key by key. */
export function recordTexts(record: ClusterRecord): Readonly<Record<string, string>> {
  const { nodes, digests, manifests } = record;
  return {
    'nodes.json': sortedJson(nodes),
    'digests.json': sortedJson(digests),
    // A key that is left out is taken away by the server-side apply.
    ...(Object.keys(manifests).length > 0 && { 'manifests.json': sortedJson(manifests) }),
  };
}

/** Reads what `recordTexts` wrote; what cannot be read counts as not there, for people can edit it. */
export function readRecord(texts: Readonly<Record<string, unknown>>): ClusterRecord {
  const nodes = mappingIn(texts['nodes.json']);
  return {
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([hash, settings]) => [hash, settingsIn(settings)]),
    ),
    digests: textsIn(mappingIn(texts['digests.json'])),
    manifests: manifestsIn(mappingIn(texts['manifests.json'])),
  };
}

function manifestsIn(mapping: Readonly<Record<string, unknown>>): AppliedManifests {
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([name, value]): [string, AppliedManifest][] => {
      const { digest, objects } = isMapping(value) ? value : {};
      if (typeof digest !== 'string' || !Array.isArray(objects)) return [];
      return [[name, { digest, objects: objects.flatMap(objectIn) }]];
    }),
  );
}

function objectIn(value: unknown): readonly ManifestObject[] {
  const { apiVersion, kind, name, namespace } = textsIn(isMapping(value) ? value : {});
  if (apiVersion === undefined || kind === undefined || name === undefined) return [];
  return [{ apiVersion, kind, name, namespace }];
}

function settingsIn(value: unknown): NodeSettings {
  const texts = textsIn(isMapping(value) ? value : {});
  return Object.fromEntries(
    nodeKeys.flatMap((key) => (texts[key] === undefined ? [] : [[key, texts[key]]])),
  );
}

function textsIn(mapping: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(mapping).filter((entry): entry is [string, string] => {
      return typeof entry[1] === 'string';
    }),
  );
}

function mappingIn(text: unknown): Readonly<Record<string, unknown>> {
  if (typeof text !== 'string') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) ? value : {};
  } catch {
    return {};
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same record is the same text, so that a run that changes nothing writes nothing. */
function sortedJson(value: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
