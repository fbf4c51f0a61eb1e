import { isIP } from 'node:net';
import { nanoseconds, durationText, quote } from '../layout/go-text.js';
import { isSubnetOrAddress, parseAddressOf, parsePrefix } from '../layout/network-texts.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ConfigDocument } from '../types.js';

type Check = (document: ConfigDocument) => string[];

/** Of KubeSpan's links (Talos source, constants.go). */
const smallestMtu = 1280;

/** Rules that Linux and KubeSpan have for themselves. */
const reservedPriorities = [0, 32500, 32766, 32767];

/** What is wrong with documents about the network that are no links, by their kind. */
export const networkChecks: Readonly<Record<string, Check>> = {
  BlackholeRouteConfig: ({ name = '' }) => {
    const why = parsePrefix(name);
    return [
      ...(name === '' ? ['name must be specified'] : []),
      ...(why === undefined ? [] : [`name must be a valid address prefix: ${why}`]),
    ];
  },
  HostnameConfig: ({ body }) => hostnameErrors(body),
  KubeSpanConfig: ({ body }) => {
    const mtu = Number(body['mtu'] ?? smallestMtu);
    const filters = list(mapping(body['filters'])['endpoints']).map(text);
    return [
      ...(mtu < smallestMtu ? [`kubespan link MTU must be at least ${smallestMtu}`] : []),
      ...filters
        .filter((filter) => !isSubnetOrAddress(filter))
        .map(
          (filter) => `KubeSpan endpoint filter is not valid: ${quote(filter.replace(/^!/, ''))}`,
        ),
    ];
  },
  NetworkRuleConfig: ruleErrors,
  RoutingRuleConfig: routingRuleErrors,
  StaticHostConfig: ({ name = '', body }) => [
    ...(name === '' ? ['name is required'] : []),
    ...(parseAddressOf(name) === undefined ? [] : ['name must be a valid IP address']),
    ...(list(body['hostnames']).length === 0 ? ['at least one hostname is required'] : []),
  ],
  TCPProbeConfig: ({ name = '', body }) => [
    ...(name === '' ? ['probe name is required'] : []),
    ...(text(body['endpoint']) === '' ? ['TCP probe endpoint is required'] : []),
    ...negative(body['timeout'], 'TCP probe timeout cannot be negative: '),
    ...probeErrors(body),
  ],
  TimeSyncConfig: ({ body }) => [
    ...(isNegative(body['bootTimeout']) ? ['bootTimeout cannot be negative'] : []),
    ...(body['ntp'] !== undefined && body['ptp'] !== undefined
      ? ['only one of ntp or ptp configuration can be specified']
      : []),
    ...serverErrors(mapping(body['ntp'])),
  ],
};

function serverErrors({ useNTS, servers }: Mapping): string[] {
  if (useNTS !== true) return [];
  return list(servers)
    .map(text)
    .filter((server) => isIP(server) !== 0)
    .map((server) => `NTS requires hostnames, not IP addresses: ${quote(server)}`);
}

/** What all kinds of probes have. */
export function probeErrors(body: Mapping): string[] {
  const threshold = Number(body['failureThreshold'] ?? 0);
  return [
    ...negative(body['interval'], 'probe interval cannot be negative: '),
    ...(threshold < 0 ? [`probe failure threshold cannot be negative: ${threshold}`] : []),
  ];
}

export function isNegative(duration: unknown): boolean {
  return (nanoseconds(text(duration)) ?? 0) < 0;
}

function negative(duration: unknown, words: string): string[] {
  return isNegative(duration) ? [`${words}${durationText(text(duration))}`] : [];
}

function hostnameErrors(body: Mapping): string[] {
  const errors: string[] = [];
  const { auto } = body;
  const hostname = text(body['hostname']);
  if (auto === undefined && hostname === '') {
    errors.push("either 'auto' or 'hostname' must be set");
  }
  if (auto !== undefined && auto !== 'off' && hostname !== '') {
    errors.push("'auto' and 'hostname' cannot be set at the same time");
  }
  if (auto === 'talos-addr') errors.push(`invalid value for 'auto': ${auto}`);
  if (hostname === '') return errors;
  const length = Buffer.byteLength(hostname);
  if (length > 253) errors.push(`fqdn is too long: ${length}`);
  const [host = ''] = hostname.split('.');
  if (host === '' || host.length > 63) errors.push(`invalid hostname "${host}"`);
  return errors;
}

function ruleErrors({ name = '', body }: ConfigDocument): string[] {
  if (name === '') return ['name is required'];
  const ports = list(mapping(body['portSelector'])['ports']);
  if (ports.length === 0) return ['portSelector.ports is required'];
  const why = portsObjection(ports.map(String));
  if (why !== undefined) return [why];
  const hasSubnets = list(body['ingress']).every((rule) => text(mapping(rule)['subnet']) !== '');
  return hasSubnets ? [] : ['invalid subnet: invalid Prefix'];
}

function portsObjection(texts: readonly string[]): string | undefined {
  const ranges = texts
    .map((range) => range.split('-').map(Number))
    .map(([low = 0, high = low]) => ({ low, high }))
    .sort((a, b) => a.low - b.low);
  for (const [index, { low, high }] of ranges.entries()) {
    if (low > high) return `invalid port range: ${low}-${high}`;
    const before = ranges[index - 1];
    if (before && low <= before.high) {
      return `invalid port range: ${low}-${high}, overlaps with ${before.low}-${before.high}`;
    }
  }
  return undefined;
}

function routingRuleErrors({ name = '', body }: ConfigDocument): string[] {
  const errors: string[] = [];
  if (name === '') errors.push('name must be specified');
  const isNumber = /^\d+$/.test(name) && Number(name) < 2 ** 32;
  if (!isNumber) {
    const why = /^\d+$/.test(name) ? 'value out of range' : 'invalid syntax';
    errors.push(
      'invalid name: must be priority parsable unsigned integer: ' +
        `strconv.ParseUint: parsing ${quote(name)}: ${why}`,
    );
  }
  if (reservedPriorities.includes(isNumber ? Number(name) : /^\d+$/.test(name) ? -1 : 0)) {
    const all = reservedPriorities.join(' ');
    errors.push(`priority must be between 1 and 32765 (excluding reserved priorities [${all}])`);
  }
  const table = body['table'] ?? 'unspec';
  if (table === 'unspec' && ['unspec', 'unicast'].includes(text(body['action']) || 'unspec')) {
    errors.push('either table or a non-unicast action must be specified');
  }
  if (Number(body['fwMask'] ?? 0) !== 0 && Number(body['fwMark'] ?? 0) === 0) {
    errors.push('fwMask requires fwMark to be set');
  }
  return errors;
}
