import { isMap, isScalar, isSeq, parseAllDocuments, type Document, type Scalar } from 'yaml';
import { isMergeKey } from './yaml-nodes.js';
import { yamlOptions } from './yaml-walk.js';

/**
 * A patch of the user's with quotes around the texts that Talos would take for something else. It
 * keeps what is written where its own types want a text, but a part that it hands on as it is, such
 * as the kubelet's `extraConfig`, is read by Go's YAML: an unquoted date becomes a point in time,
 * and `1_000` or `012` a number; Talos 1.14 refuses a date wherever a text is wanted. All else stays byte for byte, and so do numbers where numbers are
 * meant.
 */
export function withQuotedTexts(text: string): string {
  const documents = parseAllDocuments(text, yamlOptions);
  const found = 'empty' in documents ? [] : documents.flatMap(ambiguousTexts);
  const pieces: string[] = [];
  let end = 0;
  for (const one of found.sort((x, y) => x.start - y.start)) {
    pieces.push(text.slice(end, one.start), JSON.stringify(one.source));
    end = one.end;
  }
  return pieces.join('') + text.slice(end);
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly source: string;
}

function ambiguousTexts({ contents }: Document.Parsed): Found[] {
  return walk(contents, []);
}

type Path = readonly string[];

function walk(node: unknown, path: Path): Found[] {
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) => {
      if (isMergeKey(key)) return walk(value, path);
      const name = isScalar(key) ? String(key.value) : '';
      // A key is never more than a text, but a date would be rewritten.
      const dates = isScalar(key) ? quoted(key, isDate) : [];
      return [...dates, ...walk(value, [...path, name])];
    });
  }
  if (isSeq(node)) return node.items.flatMap((item) => walk(item, [...path, '*']));
  if (!isScalar(node)) return [];
  return quoted(node, isTextAt(path) ? isNotText : isDate);
}

function quoted(node: Scalar, isAmbiguous: (source: string) => boolean): Found[] {
  const { type, source, range } = node;
  if (type !== 'PLAIN' || source === undefined || !range || !isAmbiguous(source)) return [];
  return [{ start: range[0], end: range[1], source }];
}

/** Talos has no field for a point in time, so a date is a text wherever it stands. */
function isDate(source: string): boolean {
  return /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]| +)\d\d?:\d\d?:\d\d?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(
    source,
  );
}

/** What Go's reader takes for a date, a number or a boolean (go.yaml.in/yaml/v4, resolve.go). */
function isNotText(source: string): boolean {
  return /^[-+.\d]/.test(source) || /^(?:true|false)$/i.test(source);
}

/** Where Kubernetes' objects hold texts in a part that Talos hands on: ends of paths. */
const textPlaces: readonly RegExp[] = [
  /(?:^| )(?:labels|annotations|matchLabels|nodeSelector) [^ ]+$/,
  /(?:^| )env \* value$/,
  /(?:^| )(?:args|command) \*$/,
  /(?:^| )(?:eviction(?:Hard|Soft|SoftGracePeriod|MinimumReclaim)|(?:kube|system|qos)Reserved) [^ ]+$/,
];

function isTextAt(path: Path): boolean {
  const place = path.join(' ');
  return textPlaces.some((pattern) => pattern.test(place));
}
