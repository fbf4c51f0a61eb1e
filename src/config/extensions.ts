import type { YamlSource } from './source.js';

/** Keys of the top level that are the user's own: a place for anchors, as in other tools' files. */
export const extensionPattern = '^x-';

/** The file without the user's own keys: nothing in them is checked but what is used elsewhere. */
export function withoutExtensions(source: YamlSource): YamlSource {
  const isOwn = (key: string): boolean => new RegExp(extensionPattern).test(key);
  const entries = Object.entries(source.value as object).filter(([key]) => !isOwn(key));
  return {
    ...source,
    value: Object.fromEntries(entries),
    keysAt: (path) => {
      const keys = source.keysAt(path);
      return path.length === 0 ? keys.filter(({ read }) => !isOwn(read)) : keys;
    },
  };
}
