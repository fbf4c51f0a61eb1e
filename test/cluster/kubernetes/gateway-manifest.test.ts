import { describe, expect, it } from 'vitest';
import { readGatewayManifest } from '../../../src/cluster/kubernetes/gateway-manifest.js';
import { gatewayApiVersion } from '../../../src/cluster/talos/versions.js';
import { installBundle } from '../../../src/sandbox/downloads/gateway-api.js';

function bundle(version: string, channel = 'standard'): string {
  const text = installBundle(version, channel);
  if (text === undefined) throw new Error(`the sandbox has no ${version}`);
  return text;
}

const standard = (wanted: string) => ({ wanted, channel: 'standard' as const });

const wrong = (text: string, version = 'v1.4.1') => {
  const read = readGatewayManifest(text, standard(version));
  return 'wrong' in read ? read.wrong : 'nothing is wrong with it';
};

const intruder = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: helper }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: Group, name: system:unauthenticated }]
`;

describe('the manifest of the Gateway API', () => {
  it.each(['1.17.18', '1.18.12', '1.19.6', '1.20.0'])('for Cilium %s is taken', (cilium) => {
    const version = gatewayApiVersion(cilium);
    const read = readGatewayManifest(bundle(version), standard(version));
    if (!('json' in read)) throw new Error(read.wrong);
    const list = JSON.parse(read.json) as { items: { metadata: { name: string } }[] };
    expect(list.items.map(({ metadata }) => metadata.name)).toContain(
      'gateways.gateway.networking.k8s.io',
    );
  });

  it.each(['v1.2.1', 'v1.3.0', 'v1.4.1', 'v1.6.1'])(
    'of the experimental channel of %s is taken where it is wanted, and no standard one in its place',
    (wanted) => {
      const wish = { wanted, channel: 'experimental' as const };
      expect(readGatewayManifest(bundle(wanted, 'experimental'), wish)).toHaveProperty('json');
      expect(readGatewayManifest(bundle(wanted), wish)).toHaveProperty('wrong');
      expect(readGatewayManifest(bundle(wanted, 'experimental'), standard(wanted))).toHaveProperty(
        'wrong',
      );
    },
  );

  it('may begin with its licence and hold empty documents, as the published one does', () => {
    expect(wrong(`# Copyright\n#\n---\n${bundle('v1.4.1')}\n---\n`)).toBe(
      'nothing is wrong with it',
    );
  });

  it.each([
    [
      'a page',
      '<!DOCTYPE html>\n<html><title>Sign in</title></html>',
      'it is no list of Kubernetes objects: it begins with "<!DOCTYPE html> <html><title>Sign in</title></html>"',
    ],
    ['nothing', '', 'it is no list of Kubernetes objects: it is empty'],
    ['text', 'Not Found', 'it is no list of Kubernetes objects: it begins with "Not Found"'],
    ['deep brackets', '['.repeat(100_000), 'it is no list of Kubernetes objects'],
    [
      'a bomb of aliases',
      `a: &a [x, x]\n${Array.from({ length: 40 }, (_, n) => `k${n}: &b${n} [*${n === 0 ? 'a' : `b${n - 1}`}, *a]`).join('\n')}`,
      'it is no list of Kubernetes objects: it begins with "a: &a [x, x]',
    ],
    [
      'an alias in its midst',
      bundle('v1.4.1').replace('kind: Gateway\n', 'kind: &k Gateway\n    x: *k\n'),
      'it is no list',
    ],
    [
      'another object as well',
      bundle('v1.4.1') + intruder,
      'it holds ClusterRoleBinding helper, which does not belong there',
    ],
    [
      'a list that hides objects',
      `apiVersion: v1\nkind: List\nmetadata: {name: x}\nitems: []\n---\n${bundle('v1.4.1')}`,
      'it holds List x, which does not belong there',
    ],
    [
      'another release',
      bundle('v1.3.0').replaceAll('bundle-version: v1.3.0', 'bundle-version: v1.4.0'),
      'has the bundle-version v1.4.0, not v1.4.1',
    ],
    [
      'another channel',
      bundle('v1.4.1').replace('channel: standard', 'channel: experimental'),
      'has the channel experimental, not standard',
    ],
    [
      'another group',
      bundle('v1.4.1').replace('group: gateway.networking.k8s.io', 'group: example.org'),
      'is of the group example.org, not gateway.networking.k8s.io',
    ],
    [
      'another version of the API',
      bundle('v1.4.1').replace('apiextensions.k8s.io/v1', 'apiextensions.k8s.io/v1beta1'),
      'is of apiextensions.k8s.io/v1beta1, not of apiextensions.k8s.io/v1',
    ],
    [
      'a conversion by somebody else',
      bundle('v1.4.1').replace(
        '  scope: Cluster',
        '  conversion: {strategy: Webhook}\n  scope: Cluster',
      ),
      'is converted by Webhook',
    ],
    ['half of itself', bundle('v1.4.1').split('---').slice(0, 5).join('---'), 'it holds no Custom'],
    ['one twice', `${bundle('v1.4.1')}---\n${bundle('v1.4.1')}`, 'twice'],
  ])('is refused when it is or holds %s', (_, text, why) => {
    expect(wrong(text)).toContain(why);
  });

  it('of 1.6.1 is refused with a policy that judges more than definitions', () => {
    const text = bundle('v1.6.1');
    expect(wrong(text, 'v1.6.1')).toBe('nothing is wrong with it');
    expect(
      wrong(text.replace('apiGroups: [apiextensions.k8s.io]', "apiGroups: ['*']"), 'v1.6.1'),
    ).toBe(
      'ValidatingAdmissionPolicy safe-upgrades.gateway.networking.k8s.io judges more than definitions',
    );
    expect(
      wrong(text.replace('policyName: safe-upgrades', 'policyName: other'), 'v1.6.1'),
    ).toContain('is for other.gateway');
  });

  it('is passed on as it was read, not as another reader would understand it', () => {
    const doubled = bundle('v1.4.1').replace(
      '  group: gateway',
      '  group: example.org\n  group: gateway',
    );
    const read = readGatewayManifest(doubled, standard('v1.4.1'));
    expect('json' in read && read.json.includes('example.org')).toBe(false);
    expect(wrong(doubled)).toBe('nothing is wrong with it');
  });
});
