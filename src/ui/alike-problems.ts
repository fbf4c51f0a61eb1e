import type { Problem } from '../cluster/status/report.js';
import { enumerateNames } from '../lib/format.js';

type Told = Pick<Problem, 'message' | 'hint'>;

/** Problems that are equal but for the server that they begin with, as one. */
export function joinAlike(problems: readonly Told[]): Told[] {
  const groups = new Map<string, { readonly first: Told; readonly names: string[] }>();
  for (const problem of problems) {
    const { message, hint } = problem;
    const [, name, what = message] = /^(\S+-\d+) (.*)$/s.exec(message) ?? [];
    const key = JSON.stringify([name === undefined, what, hint]);
    const group = groups.get(key) ?? { first: problem, names: [] };
    if (name !== undefined) group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ first, names }) => {
    const [name = ''] = names;
    if (names.length < 2) return first;
    const what = first.message.slice(name.length);
    return { message: ofSeveral(enumerateNames(names), what), hint: first.hint };
  });
}

const plurals: Readonly<Record<string, string>> = { is: 'are', does: 'do' };

/** `demo-web-1 to -3 are off`; what is said of one in other words is said of each. */
function ofSeveral(names: string, what: string): string {
  const [, verb = '', rest = ''] = /^ (\w+)(.*)$/s.exec(what) ?? [];
  const verbs = plurals[verb];
  return verbs === undefined ? `each of ${names}${what}` : `${names} ${verbs}${rest}`;
}
