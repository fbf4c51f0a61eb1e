import { formatMoney } from '../cluster/state/cost.js';
import type { ClusterStatus, ServerStatus, StatusReport } from '../cluster/status/report.js';
import { differenceLines } from './differences.js';
import { createStyle, type Style } from './style.js';
import { renderTable, type TableOptions } from './table.js';

const unknown = '-';

/** A cluster's pools and nodes as tables, its surroundings and price, and what is wrong with it. */
export function renderStatus(report: StatusReport, options: TableOptions): string {
  const { status } = report;
  const style = createStyle(options.color);
  const parts = [
    `${style.bold(`Cluster ${status.cluster}`)}  ${status.endpoint ?? 'no kubeconfig yet'}\n`,
    renderTable(poolColumns, poolRows(status), options),
    ...(status.servers.length > 0
      ? [
          renderTable(serverColumns, serverRows(status), options),
          renderTable(nodeColumns, nodeRows(status), options),
        ]
      : []),
    surroundings(report),
    ...(status.differences.length > 0 ? [differences(status, style)] : []),
    verdict(status, style),
  ];
  return parts.join('\n');
}

function surroundings({ network, allowed, ownAddress, status }: StatusReport): string {
  const { net, currency } = status.monthlyCost;
  return [
    `Network       ${network ?? 'none'}`,
    `Firewall      6443 and 50000 from ${allowed?.join(', ') ?? 'nowhere: there is none'}`,
    `This machine  ${ownAddress ?? 'address unknown'}`,
    `Servers and IPv4 per month: ${formatMoney(net, currency)}`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function differences(status: ClusterStatus, style: Style): string {
  const lines = ['Differs from cluster.yaml:', ...differenceLines(status.differences, style)];
  return lines.map((line) => `${line}\n`).join('');
}

/** A cluster can be healthy and still have something to say. */
function verdict({ healthy, problems }: ClusterStatus, style: Style): string {
  const lines = problems.map(({ message, hint }) => `${style.yellow('⚠')} ${message} (${hint})\n`);
  return [...(healthy ? [`${style.green('✔')} healthy\n`] : []), ...lines].join('');
}

const poolColumns = [
  { title: 'POOL' },
  { title: 'ROLE' },
  { title: 'WANTED', align: 'right' },
  { title: 'FOUND', align: 'right' },
] as const;

function poolRows({ pools }: ClusterStatus): string[][] {
  return pools.map(({ name, role, wanted, found }) => [name, role, String(wanted), String(found)]);
}

// Two tables: a terminal of 80 columns would leave nothing of the names in one.
const serverColumns = ['SERVER', 'TYPE', 'LOCATION', 'STATUS', 'PUBLIC', 'PRIVATE'].map(titled);

function serverRows({ servers }: ClusterStatus): string[][] {
  return servers.map(({ name, type, location, status, publicIpv4, privateIp }) => [
    ...[name, type, location, status, publicIpv4 ?? unknown, privateIp ?? unknown],
  ]);
}

const nodeColumns = ['NODE', 'ROLE', 'KUBERNETES', 'VERSION', 'TALOS', 'ETCD'].map(titled);

function nodeRows({ servers }: ClusterStatus): string[][] {
  return servers.map((server) => {
    const { name, role, kubernetes, talosVersion } = server;
    const ready = kubernetes?.ready ? 'Ready' : 'NotReady';
    return [
      ...[
        kubernetes?.node ?? name,
        role,
        kubernetes ? ready : unknown,
        kubernetes?.version ?? unknown,
      ],
      ...[talosVersion ?? unknown, etcdWord(server)],
    ];
  });
}

function titled(title: string): { readonly title: string } {
  return { title };
}

function etcdWord({ etcd }: ServerStatus): string {
  if (!etcd) return unknown;
  if (!etcd.healthy) return 'unhealthy';
  return etcd.leader ? 'leader' : 'member';
}
