import { monthlyText } from '../cluster/state/cost.js';
import { balancerText } from '../cluster/status/balancer-status.js';
import { survivalText } from '../cluster/status/survival.js';
import type { ClusterStatus, StatusReport } from '../cluster/status/report.js';
import { differenceLines } from './differences.js';
import { nodeTable, sharedFacts } from './status-nodes.js';
import { createStyle, type Looks, type Style } from './style.js';
import { joinAlike } from './alike-problems.js';
import { asText, hanging } from './wrap.js';

/** A cluster's nodes as a table, its surroundings and price, and what is wrong with it: on one screen. */
export function renderStatus(report: StatusReport, looks: Looks): string {
  const { status } = report;
  const style = createStyle(looks);
  const { columns } = looks;
  const parts = [
    `${style.bold(`Cluster ${status.cluster}`)}  ${status.endpoint ?? 'no kubeconfig yet'}\n`,
    ...(status.servers.length > 0 ? [nodeTable(status.servers, looks)] : []),
    asText(facts(report).map(style.letters), columns),
    ...(status.differences.length > 0 ? [differences(status, columns, style)] : []),
    verdict(report, columns, style),
  ];
  return parts.join('\n');
}

function facts(report: StatusReport): string[] {
  const { network, allowed, ownAddress, loneEndpoint, status } = report;
  return [
    `Pools         ${pools(status)}`,
    ...[...sharedFacts(status.servers)].map(([name, text]) => `${name.padEnd(14)}${text}`),
    ...(status.loadBalancer ? [`Balancer      ${balancerText(status.loadBalancer)}`] : []),
    ...(loneEndpoint === undefined ? [] : [`Endpoint      ${loneEndpoint}`]),
    `Survives      ${survivalText(status.survives)}`,
    ...groupLines(status),
    ...addonFacts(status.addons),
    `Network       ${network ?? 'none'}`,
    `Firewall      6443 and 50000 from ${allowed?.join(', ') ?? 'nowhere: there is none'}`,
    `This machine  ${ownAddress ?? 'address unknown'}`,
    `Price         ${monthlyText(status.monthlyCost)} for ${priced(status)}`,
  ];
}

function priced({ loadBalancer }: ClusterStatus): string {
  return loadBalancer ? 'servers, IPv4 and the load balancer' : 'servers and IPv4';
}

/** `demo 3, demo-web-1 2 on hosts of their own`; nothing where there are no groups. */
function groupLines({ placementGroups }: ClusterStatus): readonly string[] {
  if (placementGroups.length === 0) return [];
  const counts = placementGroups.map(({ name, servers }) => `${name} ${servers.length}`);
  return [`Spread        ${counts.join(', ')} on hosts of their own`];
}

/** `2 of 3 work`: of those that cluster.yaml asks for beside the network, and that can be there. */
function addonFacts(addons: ClusterStatus['addons']): string[] {
  const wanted = addons.filter(
    ({ name, state }) =>
      name !== 'cilium' && name !== 'gateway-api' && state !== 'surplus' && state !== 'impossible',
  );
  if (wanted.length === 0) return [];
  const works = wanted.filter(({ state }) => state === 'works').map(({ name }) => name);
  return [`Addons        ${works.length} of ${wanted.length} work: ${works.join(', ') || 'none'}`];
}

/** `control-plane 3 of 3, worker 4 of 5`: what there is of what is wanted. */
function pools({ pools: all }: ClusterStatus): string {
  return all.map(({ name, wanted, found }) => `${name} ${found} of ${wanted}`).join(', ');
}

function differences(status: ClusterStatus, columns: number | undefined, style: Style): string {
  const lines = differenceLines(status.differences, columns, style);
  return ['Differs from cluster.yaml:', ...lines].map((line) => `${line}\n`).join('');
}

/** A cluster can be healthy and still have something to say. */
function verdict(
  { status: { healthy, problems }, remarks }: StatusReport,
  columns: number | undefined,
  { marks }: Style,
): string {
  const lines = joinAlike(problems).map(({ message, hint }) =>
    hanging(`${marks.warning} `, `${message.replace(/\.$/, '')} (${hint})`, columns),
  );
  const more = remarks.map((text) => hanging(`${marks.warning} `, text, columns));
  return [...(healthy ? [`${marks.done} healthy`] : []), ...lines, ...more]
    .map((line) => `${line}\n`)
    .join('');
}
