import { expect, test } from 'vitest';
import { issuerObjects } from '../../src/addons/issuers.js';
import { clusterOf } from '../cluster/fixtures.js';

const webhook =
  'charts: [{ name: cert-manager-webhook-hetzner, repository: "https://charts.hetzner.cloud", chart: cert-manager-webhook-hetzner, version: 0.9.0, namespace: cert-manager }]';
const config = (issuers: string, more = webhook) =>
  clusterOf(1, 1, `addons: { cert_manager: { enabled: true, issuers: [${issuers}] }, ${more} }`);
const tokens = { hetzner: 'h', cloudflare: 'c' };

test('issuers have their account, their server and how a domain is proved', () => {
  const objects = issuerObjects(
    config(`{ name: web, solver: http01, gateway: { name: shop }, email: a@example.org },
      { name: trial, solver: cloudflare, server: staging, zones: [example.org] }, { name: dns, solver: hetzner }`),
    tokens,
  );
  expect(objects).toMatchObject([
    { kind: 'Secret', metadata: { name: 'hetzner-dns', namespace: 'cert-manager' } },
    { kind: 'Secret', metadata: { name: 'cloudflare-dns' }, data: { 'api-token': 'Yw==' } },
    {
      ...{ kind: 'ClusterIssuer', metadata: { name: 'web' } },
      spec: {
        acme: {
          server: 'https://acme-v02.api.letsencrypt.org/directory',
          email: 'a@example.org',
          privateKeySecretRef: { name: 'web-account' },
          solvers: [
            {
              http01: {
                gatewayHTTPRoute: {
                  parentRefs: [{ kind: 'Gateway', name: 'shop', namespace: 'default' }],
                },
              },
            },
          ],
        },
      },
    },
    {
      spec: {
        acme: {
          server: 'https://acme-staging-v02.api.letsencrypt.org/directory',
          solvers: [
            {
              selector: { dnsZones: ['example.org'] },
              dns01: {
                cloudflare: { apiTokenSecretRef: { name: 'cloudflare-dns', key: 'api-token' } },
              },
            },
          ],
        },
      },
    },
    {
      spec: {
        acme: {
          solvers: [
            {
              dns01: {
                webhook: {
                  ...{ groupName: 'acme.hetzner.com', solverName: 'hetzner' },
                  config: { tokenSecretKeyRef: { name: 'hetzner-dns', key: 'token' } },
                },
              },
            },
          ],
        },
      },
    },
  ]);
});

test('issuers without tokens make no Secret', () => {
  const [only, ...others] = issuerObjects(
    config('{ name: web, solver: http01, gateway: { name: shop } }', ''),
    { ...tokens, cloudflare: undefined },
  );
  expect(only).toMatchObject({ kind: 'ClusterIssuer' });
  expect(others).toEqual([]);
});

test.each([
  ['{ name: a, solver: http01 }', 'needs the `gateway`'],
  ['{ name: a, solver: cloudflare, gateway: { name: b } }', 'is for http01 only'],
  [
    '{ name: a, solver: http01, gateway: { name: b }, zones: [example.org] }',
    'are for DNS-01 only',
  ],
  [
    '{ name: a, solver: cloudflare }, { name: a, solver: cloudflare }',
    'is the name of another issuer',
  ],
  ['{ name: a, solver: cloudflare, zones: [Example] }', 'must be a domain in small letters'],
  ['{ name: a, solver: cloudflare, email: nobody }', 'must be an e-mail address'],
  ['{ name: a, solver: hetzner }', "needs Hetzner's solver in addons.charts"],
])('%s is refused', (issuers, reason) => {
  expect(() => config(issuers, '')).toThrow(reason);
});

test('issuers need cert-manager', () => {
  const yaml = 'addons: { cert_manager: { issuers: [{ name: a, solver: cloudflare }] } }';
  expect(() => clusterOf(1, 1, yaml)).toThrow(
    'needs cert-manager: addons.cert_manager.enabled: true',
  );
});
