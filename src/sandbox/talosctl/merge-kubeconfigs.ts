import { parse, stringify } from 'yaml';

interface Named {
  name: string;
}

interface Kubeconfig {
  clusters: (Named & { cluster: unknown })[];
  users: (Named & { user: unknown })[];
  contexts: (Named & { context: { cluster: string; user: string } })[];
  'current-context': string;
}

/**
 * Adds the contexts of a second kubeconfig to the first and switches to them. What has a name that
 * is taken gets a new one (`name-1`) unless it is to be overwritten (siderolabs/go-kubeconfig).
 */
export function mergeKubeconfigs(
  base: string,
  added: string,
  options: { readonly overwrite: boolean; readonly contextName: string },
): string {
  const target = { ...empty(), ...(parse(base) as Partial<Kubeconfig> | null) };
  const source = parse(added) as Kubeconfig;
  const { overwrite, contextName } = options;
  const clusters = place(target.clusters, source.clusters, overwrite);
  const users = place(target.users, source.users, overwrite);
  for (const { context } of source.contexts) {
    context.cluster = clusters.get(context.cluster) ?? context.cluster;
    context.user = users.get(context.user) ?? context.user;
  }
  const [only] = source.contexts;
  const before = only?.name ?? '';
  if (only && contextName !== '') only.name = contextName;
  const contexts = place(target.contexts, source.contexts, overwrite);
  const wanted = contextName === '' ? before : contextName;
  target['current-context'] = contexts.get(wanted) ?? wanted;
  return stringify(target, { indentSeq: false, lineWidth: 0 });
}

function empty(): Kubeconfig {
  const head = { apiVersion: 'v1', kind: 'Config' };
  return { ...head, clusters: [], users: [], contexts: [], 'current-context': '' };
}

/** Puts entries into a list; returns their old and new names. */
function place<T extends Named>(
  target: T[],
  source: readonly T[],
  overwrite: boolean,
): Map<string, string> {
  const names = new Map<string, string>();
  for (const entry of source) {
    const index = target.findIndex(({ name }) => name === entry.name);
    const name = index < 0 || overwrite ? entry.name : freeName(target, entry.name);
    if (index >= 0 && overwrite) target[index] = entry;
    else target.push({ ...entry, name });
    names.set(entry.name, name);
  }
  return names;
}

function freeName(target: readonly Named[], name: string): string {
  let number = 1;
  while (target.some((entry) => entry.name === `${name}-${number}`)) number++;
  return `${name}-${number}`;
}
