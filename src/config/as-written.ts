import type { SchemaNode } from './described-schema.js';
import { kindOf } from './reasons.js';
import type { Path, Problem, YamlSource } from './source.js';

/** A value of cluster.yaml with the text of its text keys as it stands in the file. */
export interface WrittenValue {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/**
 * Where text is wanted, what was written is what is meant: `1.10` is a version and no number, `012`
 * and `yes` are labels. Where a number is wanted, only digits that every reader of YAML reads alike
 * are taken: `012` is twelve in YAML 1.2 and ten in YAML 1.1.
 */
export function asWritten(source: YamlSource, schema: SchemaNode): WrittenValue {
  const problems: Problem[] = [];
  const value = walk(source.value, [], {
    node: schema,
    source,
    report: (path, reason) => {
      problems.push({ position: source.valueAt(path), path: path.join('.'), reason });
    },
  });
  return { value, problems };
}

interface Walk {
  /** What is wanted here; undefined below a mapping that takes anything. */
  readonly node: SchemaNode | undefined;
  readonly source: YamlSource;
  readonly report: (path: Path, reason: string) => void;
}

function walk(value: unknown, path: Path, at: Walk): unknown {
  const { node } = at;
  if (Array.isArray(value)) {
    return value.map((item, i) => walk(item, [...path, i], { ...at, node: node?.items }));
  }
  const plain = at.source.plainAt(path);
  if (plain !== undefined) return scalar({ value, plain, path }, at);
  return isMapping(value) ? mapping(value, path, at) : value;
}

function mapping(value: object, path: Path, at: Walk): object {
  const { properties, additionalProperties: others } = at.node ?? {};
  const ofOthers = typeof others === 'object' ? others : undefined;
  const entries = at.source.keysAt(path).map(({ read, written }) => {
    // The keys of labels are text as well.
    const key = isText(ofOthers) ? written : read;
    const child: unknown = Reflect.get(value, read);
    const inner = walk(child, [...path, key], { ...at, node: properties?.[read] ?? ofOthers });
    return [key, inner === null && isText(ofOthers) ? '' : inner] as const;
  });
  return Object.fromEntries(entries);
}

interface Scalar {
  readonly value: unknown;
  readonly plain: string;
  readonly path: Path;
}

function scalar({ value, plain, path }: Scalar, { node, report }: Walk): unknown {
  if (isText(node)) return value === null ? value : plain;
  if (!node?.type && !node?.anyOf) {
    if (isAmbiguous(plain)) report(path, ambiguous(plain));
    return value;
  }
  if (typeof value === 'number' && !/^[-+]?(0|[1-9]\d*)(\.\d*)?$/.test(plain)) {
    report(path, `not every reader of YAML takes ${plain} for the same number: write plain digits`);
  }
  return value;
}

function isText(node: SchemaNode | undefined): boolean {
  return node?.type === 'string';
}

/** What helm itself would read otherwise: it goes by YAML 1.1. */
function isAmbiguous(plain: string): boolean {
  return (
    /^(y|yes|n|no|on|off)$/i.test(plain) || /^[-+]?(0\d+|0b[01_]+|\d[\d_]*_[\d_]*)$/.test(plain)
  );
}

function ambiguous(plain: string): string {
  const instead = /^\D+$/.test(plain) ? 'true or false' : 'plain digits';
  return `not every reader of YAML takes ${plain} for the same: write ${instead}, or put it in quotes`;
}

function isMapping(value: unknown): value is object {
  return kindOf(value) === 'a mapping of keys and values';
}
