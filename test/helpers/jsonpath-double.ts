/**
 * As much of kubectl's JSONPath as oxide writes: `{"text"}`, `{.path}`, `{range .items[?(…)]}` and
 * `{end}`. Filters compare a field with a text, or ask whether it is there. Mappings and lists are
 * printed as JSON, and nothing for what is missing (client-go, util/jsonpath).
 */
export function printed(template: string, list: object): string {
  const parts = [...template.matchAll(/\{((?:"(?:\\.|[^"\\])*"|[^{}"])*)\}|([^{}]+)/g)].map(
    ([, inside, text]): Part => (inside === undefined ? { text: text ?? '' } : { inside }),
  );
  return print(parts, list);
}

type Part = { readonly text: string } | { readonly inside: string };

function print(parts: readonly Part[], from: unknown): string {
  let out = '';
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined) break;
    if ('text' in part) {
      out += part.text;
    } else if (part.inside.startsWith('range ')) {
      const end = parts.findIndex((one, at) => at > i && 'inside' in one && one.inside === 'end');
      const body = parts.slice(i + 1, end);
      const each = valuesAt(from, part.inside.slice('range '.length));
      out += each.map((one) => print(body, one)).join('');
      i = end;
    } else if (part.inside.startsWith('"')) {
      out += JSON.parse(part.inside) as string;
    } else {
      out += valuesAt(from, part.inside).map(shown).join(' ');
    }
  }
  return out;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `.a.b\.c` and `.a[?(@.b=="c")]`; of a list all elements when a filter or a range asks for them. */
function valuesAt(from: unknown, path: string): readonly unknown[] {
  const [, field, filter, rest = ''] =
    /^\.((?:\\.|[^.[\\])+)(?:\[\?\(@(.+?)\)\])?(.*)$/.exec(path) ?? [];
  if (field === undefined) throw new Error(`the double of kubectl does not know the path ${path}`);
  const found = (from as Readonly<Record<string, unknown>> | null)?.[field.replaceAll('\\', '')];
  if (found === undefined || found === null) return [];
  const next = filter === undefined ? [found] : (found as unknown[]).filter(matches(filter));
  return rest === '' ? next : next.flatMap((one) => valuesAt(one, rest));
}

function matches(filter: string): (value: unknown) => boolean {
  const [, path = filter, text] = /^(.+)==(".*")$/.exec(filter) ?? [];
  return (value) => {
    const [found] = valuesAt(value, path);
    return text === undefined ? found !== undefined : found === JSON.parse(text);
  };
}
