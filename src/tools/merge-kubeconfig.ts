import { isDeepStrictEqual } from 'node:util';
import { isMap, isSeq, parse, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { oxide } from '../lib/commands.js';
import { OxideError, PreconditionError } from '../lib/errors.js';
import { quoteTexts, toYaml, yamlOf } from '../lib/yaml-text.js';

const sections = ['clusters', 'users', 'contexts'] as const;
type Section = (typeof sections)[number];

const entry = z.looseObject({ name: z.string() });
const entries = z.array(entry).nullish();
type Entry = z.output<typeof entry>;

const foreignSchema = z.looseObject({ clusters: entries, users: entries, contexts: entries });
type Kubeconfig = z.output<typeof foreignSchema>;

/**
 * The user's kubeconfig with the one context of `added`, which replaces an older one of the same
 * cluster. All else stays as it is written, comments and the current context too. Throws a
 * PreconditionError when the name belongs to another cluster.
 */
export function mergeKubeconfig(existing: string, added: string): string {
  if (existing.trim() === '') return added;
  const before = read(existing);
  const ours = read(added);
  refuseNamesakes(before, ours);
  const wanted = merged(before, ours);
  if (isDeepStrictEqual(parse(existing), wanted)) return existing;
  const spliced = splice(existing, ours);
  // A layout that cannot be extended as text, such as JSON, is written anew with the same content.
  return isDeepStrictEqual(parseOrNothing(spliced), wanted) ? spliced : rewritten(existing, ours);
}

function read(text: string): Kubeconfig {
  const checked = foreignSchema.safeParse(parseOrNothing(text));
  if (checked.success) return checked.data;
  throw new OxideError('the kubeconfig to merge into is not readable', {
    hint: 'Nothing was changed. Look at it: kubectl config view',
  });
}

function parseOrNothing(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** A name that is taken is ours when it leads to a cluster with the same certificate authority. */
function refuseNamesakes(before: Kubeconfig, ours: Kubeconfig): void {
  const taken = sections.filter((section) => before[section]?.some(isNamesake(ours, section)));
  if (taken.length === 0) return;
  const authority = ({ clusters }: Kubeconfig, name: string | undefined): unknown =>
    (clusters?.find((one) => one.name === name) as ClusterEntry | undefined)?.cluster?.[
      'certificate-authority-data'
    ];
  const name = ours.clusters?.[0]?.name;
  const own = authority(ours, name);
  if (own !== undefined && authority(before, name) === own) return;
  throw new PreconditionError(
    `the kubeconfig has an entry "${name ?? ''}" of another cluster already (${taken.join(', ')})`,
    `Nothing was changed. Choose another name: ${oxide`kubeconfig --merge --context NAME`}`,
  );
}

interface ClusterEntry {
  readonly cluster?: Readonly<Record<string, unknown>>;
}

function isNamesake(ours: Kubeconfig, section: Section) {
  return ({ name }: Entry): boolean => ours[section]?.[0]?.name === name;
}

/** What the result has to mean. */
function merged(before: Kubeconfig, ours: Kubeconfig): Kubeconfig {
  const result: Kubeconfig = { ...before };
  for (const section of sections) {
    const [own] = ours[section] ?? [];
    if (!own) continue;
    const kept = [...(before[section] ?? [])];
    const at = kept.findIndex(isNamesake(ours, section));
    kept.splice(at < 0 ? kept.length : at, at < 0 ? 0 : 1, own);
    result[section] = kept;
  }
  return result;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Adds our entries as text, so that nothing else of the file changes by as much as a blank. */
function splice(text: string, ours: Kubeconfig): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  const edits = sections.map((section) => editOf({ text, document, section, ours }));
  return [...edits]
    .sort((a, b) => b.from - a.from)
    .reduce((done, { from, to, text: put }) => done.slice(0, from) + put + done.slice(to), text);
}

interface Place {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly section: Section;
  readonly ours: Kubeconfig;
}

function editOf({ text, document, section, ours }: Place): Edit {
  const own = toYaml(ours[section]);
  const list = document.get(section, true);
  const range = rangeOf(list);
  if (!range) {
    const gap = text.endsWith('\n') ? '' : '\n';
    return { from: text.length, to: text.length, text: `${gap}${section}:\n${own}` };
  }
  if (!isSeq(list) || list.items.length === 0 || list.flow) {
    return { from: range[0], to: range[1], text: `\n${own.trimEnd()}` };
  }
  const at = list.items.findIndex(
    (item) => isMap(item) && isNamesake(ours, section)(item.toJSON() as Entry),
  );
  const replaced = list.items[at];
  const start = range[0];
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const item = own.trimEnd().replaceAll('\n', `\n${indent}`);
  if (replaced === undefined) {
    const end = endOf(list.items.at(-1), text);
    return { from: end, to: end, text: `\n${indent}${item}` };
  }
  const from = text.lastIndexOf('-', rangeOf(replaced)?.[0]);
  return { from, to: endOf(replaced, text), text: item };
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  return (node as { range?: readonly [number, number, number] } | undefined)?.range;
}

/** Where the last line of an entry ends, without the comments and blank lines that follow it. */
function endOf(node: unknown, text: string): number {
  const last = isMap(node) || isSeq(node) ? node.items.at(-1) : undefined;
  if (last !== undefined && !(isMap(node) && node.flow) && !(isSeq(node) && node.flow)) {
    const inner = isMap(node)
      ? (last as { value: unknown; key: unknown })
      : { value: last, key: last };
    return endOf(inner.value ?? inner.key, text);
  }
  const valueEnd = rangeOf(node)?.[1] ?? text.length;
  // A block scalar ends after its line, all else within it.
  if (text[valueEnd - 1] === '\n') return valueEnd - 1;
  const lineEnd = text.indexOf('\n', valueEnd);
  return lineEnd < 0 ? text.length : lineEnd;
}

function rewritten(existing: string, ours: Kubeconfig): string {
  const document = parseDocument(existing);
  const wanted = merged(read(existing), ours);
  for (const section of sections) document.set(section, document.createNode(wanted[section]));
  quoteTexts(document);
  return yamlOf(document);
}
