import { isAbsolute, resolve } from 'node:path';
import { isMap, parseAllDocuments } from 'yaml';
import { messageOf } from '../lib/errors.js';
import { withQuotedTexts } from './patch-texts.js';
import { flawsOf, yamlLimits, yamlOptions } from './yaml-walk.js';

/** Reads a file next to cluster.yaml; undefined when there is none. Throws when it is unreadable. */
export type ReadFile = (path: string) => string | undefined;

export type ResolvedPatch = { readonly text: string } | { readonly reason: string };

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
  return checked(text, `${given}: `);
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
  if ('empty' in documents) return { reason: `${origin}the patch is empty` };
  for (const document of documents) {
    const [error] = document.errors;
    if (error) return { reason: `${origin}not valid YAML: ${error.message}` };
    const [flaw] = flawsOf(document);
    if (flaw) return { reason: `${origin}${flaw.reason}` };
    if (!isMap(document.contents)) {
      return { reason: `${origin}a patch must be a mapping of keys and values` };
    }
  }
  return { text: withQuotedTexts(text) };
}
