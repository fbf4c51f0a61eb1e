import { isMap, isScalar, LineCounter, parseAllDocuments, type Document, type Pair } from 'yaml';
import { guardedKinds, guards, type Guard } from './patch-guards.js';
import type { Position } from './source.js';
import { offsetOf, pairsOf, resolved } from './yaml-nodes.js';
import { yamlOptions } from './yaml-walk.js';

/** What is wrong in a patch, and where in its text. */
export interface PatchProblem {
  readonly position: Position;
  /** As `machine.network.hostname`. */
  readonly path: string;
  readonly reason: string;
}

/**
 * What a patch says of things that oxide relies on. The rules are those of the keys of cluster.yaml:
 * what a key refuses, a patch cannot bring in by another way. `forWorkers`: workers get the patch.
 */
export function patchProblems(text: string, forWorkers: boolean): readonly PatchProblem[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { ...yamlOptions, lineCounter: lines });
  if ('empty' in documents) return [];
  const found = documents.flatMap((document) => findings(document, forWorkers));
  return found.map(({ node, path, reason }) => {
    const { line, col } = lines.linePos(offsetOf(node) ?? 0);
    return { position: { line: Math.max(1, line), column: Math.max(1, col) }, path, reason };
  });
}

interface Finding {
  /** The key that says it. */
  readonly node: unknown;
  readonly path: string;
  readonly reason: string;
}

function findings(document: Document.Parsed, forWorkers: boolean): readonly Finding[] {
  const root = document.contents;
  if (!isMap(root)) return [];
  const kind = root.items.find((pair) => keyOf(pair) === 'kind');
  const name = isScalar(kind?.value) ? String(kind.value.value) : '';
  if (kind && name !== '' && name !== 'v1alpha1') {
    const reason = Object.hasOwn(guardedKinds, name) ? guardedKinds[name] : undefined;
    return reason === undefined ? [] : [{ node: kind.key, path: `kind: ${name}`, reason }];
  }
  const all = guards
    .filter(({ workers = false }) => forWorkers || !workers)
    .flatMap((guard) => guarded(root, { guard, document }));
  // Taking away a mapping takes away all that is in it: said once.
  return all.filter((one, i) => all.findIndex(({ node }) => node === one.node) === i);
}

interface Look {
  readonly guard: Guard;
  readonly document: Document.Parsed;
}

/** Walks along the guarded path as far as the patch goes along with it. */
function guarded(
  mapping: unknown,
  { guard, document }: Look,
  path: readonly string[] = [],
): readonly Finding[] {
  if (!isMap(mapping)) return [];
  const parts = guard.path.split('.');
  const pairs = pairsOf(mapping, document);
  const removal = pairs.find((pair) => keyOf(pair) === '$patch');
  if (removal && path.length <= parts.length) {
    if (guard.removal === undefined) return [];
    return [{ node: removal.key, path: [...path, '$patch'].join('.'), reason: guard.removal }];
  }
  const part = parts[path.length];
  return pairs.flatMap((pair): readonly Finding[] => {
    const key = keyOf(pair);
    if (part === undefined || (part !== '*' && part !== key)) return [];
    const value = resolved(pair.value, document);
    const here = [...path, key];
    const isRemoved =
      isMap(value) && pairsOf(value, document).some((inner) => keyOf(inner) === '$patch');
    if (here.length < parts.length || isRemoved) {
      return guarded(value, { guard, document }, here);
    }
    const plain = isScalar(value) ? value.value : value;
    if (plain === null || plain === undefined) return [];
    const reason = guard.refuse?.(plain, key);
    return reason === undefined ? [] : [{ node: pair.key, path: here.join('.'), reason }];
  });
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}
