import { parseAllDocuments } from 'yaml';

/** An object of a manifest, by what kubectl finds it again. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined: it is in none, or in that of the caller. */
  readonly namespace: string | undefined;
}

/** What a manifest holds, or why it is none. */
export type ManifestObjects =
  { readonly objects: readonly ManifestObject[] } | { readonly reason: string };

/** Bytes. Definitions of large projects have some 2 MB; a record of more than these would not fit. */
export const manifestLimit = 4 * 1024 * 1024;
const objectLimit = 500;

/** Reads which objects a manifest holds. The text itself is what kubectl gets. */
export function manifestObjects(text: string): ManifestObjects {
  const values = valuesOf(text);
  if (!values) return { reason: 'is no YAML' };
  const objects = values.flatMap(itemsOf).map(toObject);
  const wrong = objects.findIndex((object) => object === undefined);
  if (wrong >= 0) {
    return { reason: `object ${wrong + 1} has no apiVersion, kind or metadata.name` };
  }
  if (objects.length === 0) return { reason: 'holds no object' };
  if (objects.length > objectLimit) return { reason: `holds more than ${objectLimit} objects` };
  return { objects: objects.flatMap((object) => object ?? []) };
}

/** Documents that are not empty; undefined: it cannot be read. */
function valuesOf(text: string): readonly unknown[] | undefined {
  try {
    // A look for keys that are there twice takes a time that grows with the square of their number.
    const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) {
      return undefined;
    }
    return documents
      .map((document) => document.toJS({ maxAliasCount: 100 }) as unknown)
      .filter((value) => value !== null);
  } catch {
    return undefined;
  }
}

function itemsOf(value: unknown): readonly unknown[] {
  if (!isMapping(value) || value['kind'] !== 'List' || !Array.isArray(value['items'])) {
    return [value];
  }
  return value['items'] as readonly unknown[];
}

function toObject(value: unknown): ManifestObject | undefined {
  if (!isMapping(value)) return undefined;
  const { apiVersion, kind, metadata } = value;
  const { name, namespace } = isMapping(metadata) ? metadata : {};
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  if (typeof name !== 'string' || name === '') return undefined;
  return { apiVersion, kind, name, ...{ namespace: textOf(namespace) } };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
