import { isAlias, isCollection, isMap, isScalar, isSeq, type Document, type YAMLMap } from 'yaml';
import { isMergeKey, mergedInto, offsetOf } from './yaml-nodes.js';

/** What no cluster.yaml that a person wrote comes near to; beyond it the reading itself becomes a burden. */
export const yamlLimits = { bytes: 256 * 1024, depth: 50, aliases: 100, problems: 50 } as const;

/**
 * Merge keys (`<<`) work, as in YAML 1.1 and for talosctl. Comparing each key with all others is left
 * to `walk`, which does it in linear time.
 */
export const yamlOptions = { prettyErrors: false, uniqueKeys: false, merge: true } as const;

export const tooDeep = 'it is nested too deeply';

/** Something that is wrong with YAML whose syntax is right. */
interface Flaw {
  /** Where in the text it begins. */
  readonly offset: number;
  readonly reason: string;
}

interface Visit {
  readonly node: unknown;
  readonly depth: number;
  /** The anchors of what it is in. */
  readonly anchors: readonly string[];
}

/** Looks at every node once: keys that are there twice, and what is more than the limits. */
export function flawsOf(document: Document.Parsed): readonly Flaw[] {
  const flaws: Flaw[] = [];
  const ahead: Visit[] = [{ node: document.contents, depth: 0, anchors: [] }];
  let aliases = 0;
  for (let visit = ahead.pop(); visit !== undefined; visit = ahead.pop()) {
    const { node, depth, anchors } = visit;
    const offset = offsetOf(node) ?? 0;
    if (depth > yamlLimits.depth) return [{ offset, reason: tooDeep }];
    if (isAlias(node) && ++aliases > yamlLimits.aliases) {
      return [{ offset, reason: `there are more than ${yamlLimits.aliases} aliases` }];
    }
    if (isAlias(node) && anchors.includes(node.source)) {
      return [{ offset, reason: `the alias *${node.source} is inside of what it stands for` }];
    }
    if (isMap(node)) {
      flaws.push(...repeatedKeys(node.items.map(({ key }) => key)), ...wrongMerges(node, document));
    }
    const around = isCollection(node) && node.anchor ? [...anchors, node.anchor] : anchors;
    const inside = within(node).map((inner) => ({
      node: inner,
      depth: depth + 1,
      anchors: around,
    }));
    ahead.push(...inside.reverse());
  }
  return flaws;
}

function within(node: unknown): readonly unknown[] {
  if (isMap(node)) return node.items.flatMap(({ key, value }) => [key, value]);
  return isSeq(node) ? node.items : [];
}

/** The library ends with an error without a place here. */
function wrongMerges({ items }: YAMLMap, document: Document.Parsed): readonly Flaw[] {
  return items
    .filter(({ key }) => isMergeKey(key))
    .filter(({ value }) => !mergedInto(value, document).every((from) => isMap(from)))
    .map(({ key, value }) => ({
      offset: offsetOf(value) ?? offsetOf(key) ?? 0,
      reason: '<< merges a mapping or a list of mappings, such as <<: *anchor',
    }));
}

function repeatedKeys(keys: readonly unknown[]): readonly Flaw[] {
  const seen = new Set<string>();
  return keys.flatMap((key) => {
    if (!isScalar(key)) return [];
    const name = isMergeKey(key) ? '<<' : String(key.value);
    if (seen.has(name)) {
      return [{ offset: offsetOf(key) ?? 0, reason: `the key "${name}" is there twice` }];
    }
    seen.add(name);
    return [];
  });
}
