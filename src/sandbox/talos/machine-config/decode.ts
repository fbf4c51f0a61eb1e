import { isMap, isScalar, LineCounter, parseAllDocuments, type Document, type YAMLMap } from 'yaml';
import { remembered } from '../../remembered.js';
import { construct, keyText, lineOf } from './construct.js';
import { ConfigDecodeError } from './decode-error.js';
import { documentConflict } from './document-conflicts.js';
import { layoutOf, type Layout } from './layout/layout.js';
import type { Struct } from './schema.js';
import { unknownKeys } from './unknown-keys.js';
import type { ConfigDocument, MachineConfig, V1Alpha1 } from './types.js';

export { ConfigDecodeError };

/** Of the layout that is read when nobody says otherwise. */
const usualTalos = 'v1.13.9';

/** YAML documents with the way back to their lines. */
export interface YamlSource {
  readonly documents: readonly Document.Parsed[];
  readonly lines: LineCounter;
}

/**
 * Reads a machine configuration as strictly as this version of Talos does. Throws
 * {@link ConfigDecodeError}.
 */
export function decodeConfig(text: string, talosVersion = usualTalos): MachineConfig {
  const config = decodeDocuments(sourceOf(text), layoutOf(talosVersion));
  if (!config.v1alpha1 && config.documents.length === 0) {
    throw new ConfigDecodeError('config not found');
  }
  return config;
}

/** A node's configuration is validated, booted from, and asked for its settings: each as a text. */
const sourceOf = remembered(parseYaml, { last: 20 });

/** Splits and parses YAML; only its syntax is checked. */
export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false });
  const parsed = 'empty' in documents ? [] : (documents as Document.Parsed[]);
  for (const document of parsed) {
    const error = document.errors[0];
    if (error) {
      const line = error.linePos?.[0].line ?? 1;
      const what = error.message.split(/ at line /)[0] ?? error.message;
      throw new ConfigDecodeError(`decode error: yaml: line ${line}: ${what}`);
    }
  }
  return { documents: parsed, lines };
}

/**
 * Reads parsed documents as machine configuration. Patches for Talos 1.14 may hold one document
 * twice.
 */
export function decodeDocuments(
  source: YamlSource,
  layout: Layout,
  takesTwice = false,
): MachineConfig {
  let v1alpha1: V1Alpha1 | undefined;
  const documents: ConfigDocument[] = [];
  const seen = new Set<string>();
  for (const document of source.documents) {
    const root = document.contents;
    if (root === null || (isScalar(root) && root.value === null)) continue;
    const line = lineOf(root, source);
    if (!isMap(root)) throw new ConfigDecodeError(`expected a YAML document at line ${line}`);
    const id = identify(root);
    if (seen.has(id.text) && !takesTwice) {
      throw new ConfigDecodeError(`duplicate document ${id.text} is not allowed (line ${line})`);
    }
    seen.add(id.text);
    try {
      const decoded = decodeOne(document, root, { source, layout });
      if ('kind' in decoded) documents.push(decoded);
      else v1alpha1 = decoded.v1alpha1;
    } catch (error) {
      if (!(error instanceof ConfigDecodeError)) throw error;
      throw new ConfigDecodeError(
        `error decoding document ${id.text} (line ${line}): ${error.message}`,
      );
    }
  }
  const conflict = documentConflict(documents);
  if (conflict !== undefined) throw new ConfigDecodeError(conflict);
  return v1alpha1 ? { v1alpha1, documents } : { documents };
}

function identify(root: YAMLMap): { text: string } {
  const kind = textAt(root, 'kind') || 'v1alpha1';
  return { text: `${textAt(root, 'apiVersion')}/${kind}/${textAt(root, 'name')}` };
}

/** The scalar at a top-level key, or ''. */
export function textAt(root: YAMLMap, key: string): string {
  const pair = root.items.find((item) => keyText(item) === key);
  const value = isScalar(pair?.value) ? pair.value.value : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function decodeOne(
  document: Document.Parsed,
  root: YAMLMap,
  { source, layout }: { source: YamlSource; layout: Layout },
): ConfigDocument | { v1alpha1: V1Alpha1 } {
  const kind = textAt(root, 'kind');
  const schema = schemaOf(root, kind, layout);
  const errors: string[] = [];
  const value = construct(schema, root, { document, lines: source.lines, errors });
  if (errors.length > 0) {
    const isOnOneLine = errors.length === 1 && layout.minor >= 14;
    const list = errors.map((error) => `${isOnOneLine ? ' ' : '\n  '}${error}`).join('');
    throw new ConfigDecodeError(
      `error decoding ${kind} to *${schema.name}: yaml: construct errors:${list}`,
    );
  }
  const unknown = unknownKeys(schema, root);
  if (unknown !== undefined) {
    throw new ConfigDecodeError(`unknown keys found during decoding:\n${unknown}`);
  }
  const body = value as Record<string, unknown>;
  if (schema === layout.config) return { v1alpha1: body };
  const { name } = body;
  return { kind, body, ...(typeof name === 'string' ? { name } : {}) };
}

const v1alpha1Marks = ['machine', 'cluster', 'debug', 'persist'];

function schemaOf(root: YAMLMap, kind: string, layout: Layout): Struct {
  const isV1Alpha1 = root.items.some((item) => v1alpha1Marks.includes(keyText(item)));
  const apiVersion = isV1Alpha1 ? 'v1alpha1' : textAt(root, 'apiVersion');
  if (apiVersion === 'v1alpha1' && kind === '') return layout.config;
  if (kind === '') throw new ConfigDecodeError('missing kind');
  if (apiVersion === '') throw new ConfigDecodeError('missing apiVersion');
  const schema = layout.document(kind, apiVersion);
  if (!schema) throw new ConfigDecodeError(`"${kind}" "${apiVersion}": not registered`);
  return schema;
}
