import { isAbsolute, resolve } from 'node:path';
import { isMap, isScalar, parseAllDocuments } from 'yaml';
import { messageOf } from '../lib/errors.js';
import { flawsOf, yamlLimits, yamlOptions } from './yaml-walk.js';
import { jsonPatchReason } from './json-patch.js';

/** Reads a file next to cluster.yaml; undefined when there is none. Throws when it is unreadable. */
export type ReadFile = (path: string) => string | undefined;

/** A patch as it was read, with the path of the file when it is not given inline. */
export type ResolvedPatch =
  { readonly text: string; readonly path?: string } | { readonly reason: string };

/** The text of a patch that is given inline or as the path of a file, checked to be YAML mappings. */
export function resolvePatch(given: string, folder: string, readFile: ReadFile): ResolvedPatch {
  if (isInline(given)) return checked(given, '');
  const path = isAbsolute(given) ? given : resolve(folder, given);
  let text: string | undefined;
  try {
    text = readFile(path);
  } catch (error) {
    return { reason: `cannot read ${given}: ${messageOf(error)}` };
  }
  if (text === undefined) return { reason: `there is no file ${given}` };
  const patch = checked(text, `${given}: `);
  return 'text' in patch ? { ...patch, path: given } : patch;
}

/** A path holds neither line breaks nor `key: value` nor braces. */
function isInline(given: string): boolean {
  return /\n|: |:$|\{/.test(given);
}

function checked(text: string, origin: string): ResolvedPatch {
  if (text.length > yamlLimits.bytes) {
    return { reason: `${origin}the patch is larger than ${yamlLimits.bytes / 1024} KiB` };
  }
  const documents = parseAllDocuments(text, yamlOptions);
  for (const document of 'empty' in documents ? [] : documents) {
    const [error] = document.errors;
    if (error) return { reason: `${origin}not valid YAML: ${error.message}` };
    const [flaw] = flawsOf(document);
    if (flaw) return { reason: `${origin}${flaw.reason}` };
    const { contents } = document;
    if (isEmpty(contents)) continue;
    const json = jsonPatchReason(document.toJS());
    if (json !== undefined) return { reason: `${origin}${json}` };
    if (!isMap(contents)) {
      return { reason: `${origin}a patch must be a mapping of keys and values` };
    }
  }
  const isAllEmpty = 'empty' in documents || documents.every(({ contents }) => isEmpty(contents));
  return isAllEmpty ? { reason: `${origin}the patch is empty` } : { text };
}

/** Comments only, or the end of a file after its last separator. */
function isEmpty(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}
