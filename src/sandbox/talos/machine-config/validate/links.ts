import { base64Objection } from '../layout/leaf-types.js';
import { parseAddressOf } from '../layout/network-texts.js';
import { nanoseconds } from '../layout/go-text.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ConfigDocument } from '../types.js';
import { linkObjection } from './expressions.js';

type Check = (document: ConfigDocument) => string[];

/** What is wrong with documents about network links (Talos source, types/network), by their kind. */
export const linkChecks: Readonly<Record<string, Check>> = {
  BondConfig: ({ name, body }) => [
    ...unnamed(name),
    ...(list(body['links']).length === 0 ? ['at least one link must be specified'] : []),
    ...(body['bondMode'] === undefined ? ['bond mode must be specified'] : []),
    ...commonErrors(body),
  ],
  BridgeConfig: named,
  DummyLinkConfig: named,
  LinkConfig: named,
  VethConfig: named,
  DHCPv4Config: dhcpErrors,
  DHCPv6Config: dhcpErrors,
  EthernetConfig: ({ name = '' }) => (name === '' ? ['name is required'] : []),
  HCloudVIPConfig: ({ name, body }) => [
    ...sharedAddressErrors(name, body),
    ...(text(body['apiToken']) === '' ? ['apiToken must be specified'] : []),
  ],
  Layer2VIPConfig: ({ name, body }) => sharedAddressErrors(name, body),
  LinkAliasConfig: aliasErrors,
  VLANConfig: ({ name, body }) => {
    const id = Number(body['vlanID'] ?? 0);
    return [
      ...unnamed(name),
      ...(id === 0 || id > 4094 ? ['vlanID must be specified and between 1 and 4094'] : []),
      ...(text(body['parent']) === '' ? ['parent must be specified'] : []),
      ...commonErrors(body),
    ];
  },
  VRFConfig: ({ name, body }) => {
    const table = text(body['table']) || 'unspec';
    const isReserved = ['unspec', 'local', 'main', 'default'].includes(table);
    return [
      ...unnamed(name),
      ...(isReserved ? [`cannot create vrf with reserved table ${table}`] : []),
      ...commonErrors(body),
    ];
  },
  WireguardConfig: ({ name, body }) => [
    ...unnamed(name),
    ...wireguardErrors(body),
    ...commonErrors(body),
  ],
};

/** What is only odd about a bond. */
export function bondWarnings(body: Mapping): string[] {
  if (body['bondMode'] !== '802.3ad') return [];
  return ['miimon', 'updelay', 'downdelay']
    .filter((field) => body[field] === undefined)
    .map((field) => `${field} was not specified for 802.3ad bond`);
}

function named({ name, body }: ConfigDocument): string[] {
  return [...unnamed(name), ...commonErrors(body)];
}

function unnamed(name = ''): string[] {
  return name === '' ? ['name must be specified'] : [];
}

/** Addresses and routes that every kind of link has. */
export function commonErrors(body: Mapping): string[] {
  return [
    ...list(body['addresses']).flatMap((entry, index) => {
      const address = text(mapping(entry)['address']);
      if (address === '') return [`address ${index} must be specified`];
      return isUnspecified(address) ? [`address ${index} must be a valid IP address`] : [];
    }),
    ...list(body['routes']).flatMap((entry, index) => {
      const route = mapping(entry);
      const wrong = (field: string, what: string): string[] =>
        isUnspecified(text(route[field]))
          ? [`route ${index} ${field} must be a valid ${what}`]
          : [];
      return [
        ...wrong('destination', 'IP prefix'),
        ...wrong('gateway', 'IP address'),
        ...wrong('source', 'IP address'),
      ];
    }),
  ];
}

/** 0.0.0.0 and ::, with any prefix length. */
function isUnspecified(address: string): boolean {
  const [host = ''] = address.split('/');
  return host !== '' && /^(0\.0\.0\.0|[0:]+)$/.test(host);
}

function dhcpErrors({ name, body }: ConfigDocument): string[] {
  const isDuid = body['clientIdentifier'] === 'duid';
  const duid = text(body['duidRaw']).replaceAll(':', '');
  return [
    ...unnamed(name),
    ...(duid !== '' && !isDuid ? ["duidRaw can only be set if clientIdentifier is 'duid'"] : []),
    ...(duid === '' && isDuid ? ["duidRaw must be set if clientIdentifier is 'duid'"] : []),
  ];
}

function sharedAddressErrors(name: string | undefined, body: Mapping): string[] {
  const why = name === undefined || name === '' ? undefined : parseAddressOf(name);
  return [
    ...unnamed(name),
    ...(why === undefined ? [] : [`name must be a valid IP address: ${why}`]),
    ...(text(body['link']) === '' ? ['link must be specified'] : []),
  ];
}

function aliasErrors({ name = '', body }: ConfigDocument): string[] {
  const errors = unnamed(name);
  if (name.includes('%') && !/^[^%]+%d$/.test(name)) {
    errors.push(`name "${name}" contains an invalid format verb, use %d suffix`);
  }
  const match = text(mapping(body['selector'])['match']);
  if (match === '') return [...errors, 'link selector is required'];
  const why = linkObjection(match);
  return why === undefined ? errors : [...errors, `link selector is invalid: ${why}`];
}

function wireguardErrors(body: Mapping): string[] {
  const errors: string[] = [];
  const own = text(body['privateKey']);
  const why = keyObjection(own);
  if (own === '') errors.push('wireguard private key must be specified');
  else if (why !== undefined) errors.push(`wireguard private key is invalid: ${why}`);
  const port = Number(body['listenPort'] ?? 0);
  if (port < 0 || port > 65535) errors.push('wireguard listen port must be between 0 and 65535');
  return [
    ...errors,
    ...list(body['peers']).flatMap((entry, index) => peerErrors(mapping(entry), index)),
  ];
}

function peerErrors(peer: Mapping, index: number): string[] {
  const at = `(peer index ${index})`;
  const errors: string[] = [];
  const [key, shared] = [text(peer['publicKey']), text(peer['presharedKey'])];
  const why = keyObjection(key);
  if (key === '') errors.push(`wireguard peer public key must be specified ${at}`);
  else if (why !== undefined) errors.push(`wireguard peer public key is invalid ${at}: ${why}`);
  const whyShared = shared === '' ? undefined : keyObjection(shared);
  if (whyShared !== undefined) {
    errors.push(`wireguard peer preshared key is invalid ${at}: ${whyShared}`);
  }
  if ((nanoseconds(text(peer['persistentKeepaliveInterval'])) ?? 0) < 0) {
    errors.push(`wireguard peer persistent keepalive interval cannot be negative ${at}`);
  }
  return errors;
}

function keyObjection(key: string): string | undefined {
  const why = base64Objection(key);
  if (why !== undefined) return why;
  return Buffer.from(key, 'base64').length === 32 ? undefined : 'invalid wireguard key length';
}
