import type { ConfigPatch } from './fields.js';
import { patchProblems } from './patch-rules.js';
import { withQuotedTexts } from './patch-texts.js';
import type { ResolvedPatch } from './patches.js';
import type { Path, Problem, YamlSource } from './source.js';

interface Place {
  readonly source: YamlSource;
  /** The path of cluster.yaml, as the user gave it. */
  readonly file: string;
  readonly path: Path;
}

/** The patch with the place that it comes from, or what is wrong with it. */
export function placedPatch(
  patch: ResolvedPatch,
  { source, file, path }: Place,
  isForWorkers: boolean,
): ConfigPatch | { readonly problems: readonly Problem[] } {
  const position = source.valueAt(path);
  const key = path.join('.');
  if ('reason' in patch) return { problems: [{ position, path: key, reason: patch.reason }] };
  const { text, path: own } = patch;
  const problems = patchProblems(text, isForWorkers).map((found): Problem => {
    const { line, column } = found.position;
    const what = `${found.path}: ${found.reason}`;
    return own === undefined
      ? { position: source.withinAt(path, found.position), path: key, reason: what }
      : { position, path: key, reason: `${own}:${line}:${column} ${what}` };
  });
  if (problems.length > 0) return { problems };
  const at = `${file}:${position.line}:${position.column} ${key}`;
  return { text: withQuotedTexts(text), origin: own === undefined ? at : `${at}: ${own}` };
}
