import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { addonTable } from '../../src/addons/table.js';
import { wantedAddons } from '../../src/addons/wanted.js';
import type { ClusterConfig } from '../../src/config/schema.js';
import { onlyAddons } from '../helpers/cluster-yaml.js';
import { clusterOf, configOf } from '../cluster/fixtures.js';

const on = { enabled: true };
const four = { hcloud_ccm: on, hcloud_csi: on, talos_ccm: on, metrics_server: on };
const further = {
  ...{ cert_manager: on, traefik: on, argocd: on, kube_prometheus_stack: on },
  external_dns: { ...on, values: { provider: { name: 'cloudflare' } } },
};

/** Those that the published charts were rendered with (docs/decisions/0061). */
const configurations: Readonly<Record<string, ClusterConfig>> = {
  'one node': clusterOf(1, 0, onlyAddons(four)),
  'all addons, node IPAM': clusterOf(3, 3, onlyAddons({ ...four, ...further })),
  'all addons, load balancers of Hetzner': clusterOf(
    ...([3, 3] as const),
    onlyAddons({ ...four, ...further, load_balancers: 'hcloud' }),
  ),
  'no workers, certificates that nobody approves': clusterOf(
    ...([3, 0] as const),
    onlyAddons({ ...four, talos_ccm: { enabled: false } }),
  ),
  'tainted workers, other ranges, encrypted volumes, values of the user': configOf(
    `hcloud: { location: fsn1, network: { cidr: 172.16.0.0/16, subnet_cidr: 172.16.8.0/24 } }
talos: { pod_cidr: 10.8.0.0/16, service_cidr: 10.9.0.0/16 }
control_planes: [{ name: cp, server_type: cx23, count: 3 }]
workers: [{ name: db, server_type: cx33, count: 2, taints: ['dedicated=db:NoSchedule'] }]
${onlyAddons({
  ...four,
  hcloud_csi: { ...on, luks: true, values: { controller: { replicaCount: 2 } } },
  metrics_server: { ...on, values: { args: ['--v=2'] } },
})}`,
  ),
};

const tokenMark = 'mark-of-the-token';

test.each(Object.entries(configurations))('%s: the values of every chart', async (name, config) => {
  const wanted = wantedAddons(config, { tokenMark });
  const values = Object.fromEntries(wanted.map(({ label, values: of }) => [label, of]));
  const file = `values/${name.replace(/[^\w]+/g, '-').toLowerCase()}.yaml`;
  const text = stringify(values, { singleQuote: true, aliasDuplicateObjects: false });
  await expect(text).toMatchFileSnapshot(file);
});

test('each chart of the table is among them, and none holds more of the token than its mark', () => {
  const rendered = Object.values(configurations).flatMap((config) =>
    wantedAddons(config, { tokenMark }),
  );
  const charts = addonTable.filter((addon) => addon.kind === 'chart' && addon.key !== undefined);
  expect([...new Set(rendered.map(({ label }) => label))].sort()).toEqual(
    charts.map(({ name }) => name).sort(),
  );
  const readers = rendered.filter(({ values }) => JSON.stringify(values).includes(tokenMark));
  expect([...new Set(readers.map(({ label }) => label))]).toEqual(['hcloud-ccm', 'hcloud-csi']);
});
