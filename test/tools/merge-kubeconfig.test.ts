import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { mergeKubeconfig } from '../../src/tools/merge-kubeconfig.js';

function ours(name = 'demo', authority = 'b3Vycw=='): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: { server: 'https://203.0.113.1:6443', 'certificate-authority-data': authority },
      },
    ],
    contexts: [{ name, context: { cluster: name, namespace: 'default', user: `admin@${name}` } }],
    'current-context': name,
    users: [{ name: `admin@${name}`, user: { 'client-certificate-data': 'Y3J0' } }],
  });
}

/** As kubectl writes it and people change it: own comments, odd blanks and quotes. */
const foreign = `apiVersion: v1
# the clusters of the office
clusters:
- cluster:
    certificate-authority-data: dGhlaXJz   # do not touch
    server: "https://10.9.8.7:6443"
  name:   office

# who I am
contexts:
- context: {cluster: office, user: me}
  name: office
current-context: office
kind: Config
preferences: {}
users:
- name: me
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: get-token
      args: [ 'a',  "b" ]
`;

/** The lines that a text has and another one has not. */
function added(before: string, after: string): string[] {
  const left = before.split('\n');
  return after.split('\n').filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

describe('a merged kubeconfig', () => {
  it('keeps every foreign line byte for byte, in its order', () => {
    const merged = mergeKubeconfig(foreign, ours());
    const mine = new Set(added(foreign, merged));
    const before = foreign.split('\n');
    let at = 0;
    for (const line of merged.split('\n')) if (line === before[at]) at++;
    expect(at).toBe(before.length);
    expect(mine.size).toBeGreaterThan(5);
  });

  it('has our context beside the others and does not switch to it', () => {
    const merged = parse(mergeKubeconfig(foreign, ours())) as Record<string, { name: string }[]>;
    const names = (section: string) => merged[section]?.map(({ name }) => name);
    expect(names('clusters')).toEqual(['office', 'demo']);
    expect(names('contexts')).toEqual(['office', 'demo']);
    expect(names('users')).toEqual(['me', 'admin@demo']);
    expect(merged['current-context']).toBe('office');
  });

  it('stays as it is when it is merged again', () => {
    const once = mergeKubeconfig(foreign, ours());
    expect(mergeKubeconfig(once, ours())).toBe(once);
  });

  it('gets a new certificate in the place of the old one', () => {
    const once = mergeKubeconfig(foreign, ours());
    const renewed = ours().replace('Y3J0', 'bmV3');
    expect(mergeKubeconfig(once, renewed)).toBe(once.replace('Y3J0', 'bmV3'));
  });

  it('refuses a name that another cluster has', () => {
    const theirs = mergeKubeconfig(foreign, ours('demo', 'b3RoZXI='));
    expect(() => mergeKubeconfig(theirs, ours())).toThrow(
      'the kubeconfig has an entry "demo" of another cluster already',
    );
  });

  it.each([
    ['an empty file', ''],
    [
      'kubectl without any cluster',
      'apiVersion: v1\nclusters: null\ncontexts: []\nkind: Config\nusers: null\n',
    ],
    ['keys without values', 'clusters:\ncontexts:\nusers:\n'],
    ['a file without the lists', 'apiVersion: v1\nkind: Config'],
    [
      'indented lists',
      'clusters:\n    - name: a\n      cluster: {}\nusers:\n    - name: a\n      user: {}\n',
    ],
    ['JSON', '{"apiVersion": "v1", "clusters": [{"name": "a", "cluster": {}}]}'],
    ['Windows line ends', foreign.replaceAll('\n', '\r\n')],
    ['a file without a last line end', foreign.trimEnd()],
    ['a block scalar at the end', `${foreign}- name: other\n  user:\n    token: |\n      abc\n`],
  ])('comes from %s', (_, text) => {
    const before = (parse(text) ?? {}) as Record<string, unknown[] | null>;
    const merged = parse(mergeKubeconfig(text, ours())) as Record<string, unknown[]>;
    for (const section of ['clusters', 'contexts', 'users']) {
      const own = (parse(ours()) as Record<string, unknown[]>)[section] ?? [];
      expect(merged[section]).toEqual([...(before[section] ?? []), ...own]);
    }
  });

  it('is not made of something that is no kubeconfig', () => {
    for (const text of ['clusters: [', 'clusters: 3', '- a']) {
      expect(() => mergeKubeconfig(text, ours())).toThrow('is not readable');
    }
  });
});
