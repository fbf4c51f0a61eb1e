import { describe, expect, it } from 'vitest';
import type { ClusterStatus, StatusReport } from '../../src/cluster/status/report.js';
import { Secret } from '../../src/lib/secret.js';
import { renderJson } from '../../src/ui/json.js';
import { renderStatus } from '../../src/ui/status.js';
import { renderTable } from '../../src/ui/table.js';

const columns = [{ title: 'NAME' }, { title: 'COUNT', align: 'right' }, { title: 'NOTE' }] as const;
const rows = [
  ['demo-web', '12', 'all ready'],
  ['cp', '3', ''],
];

describe('tables', () => {
  it('stand in aligned columns, without blanks at the ends of lines', () => {
    expect(renderTable(columns, rows, { color: false, columns: undefined })).toBe(
      ['NAME      COUNT  NOTE', 'demo-web     12  all ready', 'cp            3', ''].join('\n'),
    );
  });

  it('are never cut: what does not fit beside the first column stands below it', () => {
    expect(renderTable(columns, rows, { color: false, columns: 20 })).toBe(
      [...['NAME', '  COUNT  NOTE', 'demo-web', '     12  all ready', 'cp', '      3', '']].join(
        '\n',
      ),
    );
  });

  it('show the pools and nodes of a cluster', () => {
    const status: ClusterStatus = {
      cluster: 'demo',
      endpoint: 'https://203.0.113.4:6443',
      healthy: false,
      servers: [
        {
          ...{ name: 'demo-cp-1', id: 6, role: 'control-plane', pool: 'cp', index: 1 },
          ...{ type: 'cx23', location: 'nbg1', status: 'running' },
          ...{ publicIpv4: '203.0.113.4', privateIp: '10.0.1.254' },
          ...{ kubernetes: null, talosVersion: 'v1.13.9' },
          etcd: { member: '1c33601a1e594b37', leader: true, healthy: true },
        },
        {
          ...{ name: 'demo-web-1', id: 7, role: 'worker', pool: 'web', index: 1 },
          ...{ type: 'cx33', location: 'nbg1', status: 'running' },
          ...{ publicIpv4: '203.0.113.5', privateIp: null },
          kubernetes: { node: 'demo-web-1', ready: true, version: 'v1.36.6' },
          ...{ talosVersion: null, etcd: null },
        },
      ],
      pools: [{ name: 'web', role: 'worker', wanted: 2, found: 1 }],
      differences: [
        {
          ...{ key: 'workers.web.count', servers: ['demo-web-2'] },
          ...{ wanted: 'cx33 in nbg1', found: null },
          ...{ effect: 'addition', by: 'create', way: 'oxide create' },
        },
      ],
      monthlyCost: { net: 8.99, gross: 8.99, currency: 'EUR' },
      support: [],
      addons: [],
      ...{ loadBalancer: null, placementGroups: [] },
      survives: { controlPlanes: null, onOneHost: 1, anyHost: null, kubeconfigNeeds: null },
      problems: [
        { code: 'missing-server', message: 'demo-web-2 does not exist', hint: 'oxide create' },
      ],
    };
    const report: StatusReport = {
      status,
      network: '10.0.0.0/16, subnet 10.0.1.0/24 in eu-central',
      allowed: ['198.51.100.7/32'],
      ownAddress: '198.51.100.7',
      remarks: [],
    };
    expect(renderStatus(report, { color: false, columns: 80 })).toBe(
      [
        'Cluster demo  https://203.0.113.4:6443',
        '',
        'NODE        TYPE  STATE    ETCD    PUBLIC       PRIVATE',
        'demo-cp-1   cx23  running  leader  203.0.113.4  10.0.1.254',
        'demo-web-1  cx33  Ready            203.0.113.5  -',
        '',
        'Pools         web 1 of 2',
        'Servers       all in nbg1',
        'Versions      Kubernetes v1.36.6, Talos v1.13.9',
        'Survives      not known: etcd could not be asked',
        'Network       10.0.0.0/16, subnet 10.0.1.0/24 in eu-central',
        'Firewall      6443 and 50000 from 198.51.100.7/32',
        'This machine  198.51.100.7',
        'Price         €8.99 net a month for servers and IPv4',
        '',
        'Differs from cluster.yaml:',
        '≠ workers.web.count  + cx33 in nbg1  demo-web-2',
        '    adds a server; oxide create',
        '',
        '⚠ demo-web-2 does not exist (oxide create)',
        '',
      ].join('\n'),
    );
  });
});

describe('a result as JSON', () => {
  it('is one document without secrets', () => {
    const text = renderJson({ name: 'demo', token: new Secret('abc') });
    expect(JSON.parse(text)).toEqual({ name: 'demo', token: '[redacted]' });
    expect(text.endsWith('}\n')).toBe(true);
  });
});
