import { usesOf } from './imports.js';
import type { SourceText } from './source-files.js';

/** Files that import each other in a circle, types included: each circle as its files, in order. */
export function circles(files: readonly SourceText[]): readonly string[] {
  const imports = new Map(
    files.map((file) => [
      file.path,
      usesOf(file).imports.flatMap(({ target, relative }) => (relative ? [target] : [])),
    ]),
  );
  const reached = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const next = [...(imports.get(from) ?? [])];
    for (let path = next.pop(); path !== undefined; path = next.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      next.push(...(imports.get(path) ?? []));
    }
    return seen;
  };
  const reach = new Map([...imports.keys()].map((path) => [path, reached(path)]));
  const found = [...imports.keys()]
    .filter((path) => reach.get(path)?.has(path))
    .map((path) => {
      const inside = [...imports.keys()].filter(
        (other) => reach.get(path)?.has(other) && reach.get(other)?.has(path),
      );
      return inside.sort().join(' ↔ ');
    });
  return [...new Set(found)];
}
