/**
 * A reader of texts that remembers what the last few of them said: what is read again and again is read
 * once. What comes out is shared, so nobody may change it; a text that cannot be read is tried again.
 */
export function remembered<T>(
  read: (text: string) => T,
  { last }: { readonly last: number },
): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (text) => {
    const found = known.get(text) ?? { value: read(text) };
    // What was not asked for longest stands first, and goes first.
    known.delete(text);
    known.set(text, found);
    const [oldest] = known.keys();
    if (known.size > last && oldest !== undefined) known.delete(oldest);
    return found.value;
  };
}
