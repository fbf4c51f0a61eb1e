import { isIP } from 'node:net';
import { base64Objection } from '../layout/leaf-types.js';
import { quote } from '../layout/go-text.js';
import { list, mapping, text, type Mapping } from '../values.js';
import { bondErrors } from './bond.js';
import { hostPortObjection } from './services.js';

const at = 'networking.os.device';

/** What is wrong with `machine.network.interfaces`, and what is only odd (v1alpha1_validation.go). */
export function deviceFindings(devices: readonly unknown[]): {
  errors: string[];
  warnings: string[];
} {
  const all = devices.map(mapping);
  const owners = new Map<string, string>();
  const errors = all.flatMap((device) => ownerErrors(device, owners));
  const warnings: string[] = [];
  for (const [index, device] of all.entries()) {
    if (devices[index] === null) errors.push('empty device');
    else if (device['ignore'] !== true) {
      errors.push(...interfaceErrors(device), ...addressErrors(device, owners));
      errors.push(...list(device['routes']).flatMap(routeErrors));
      if (text(device['cidr']) === '') continue;
      warnings.push(
        `${quote(nameOf(device))}: machine.network.interface.cidr is deprecated, please use machine.network.interface.addresses`,
      );
    }
  }
  return { errors, warnings };
}

function nameOf(device: Mapping): string {
  return text(device['interface']);
}

/** An interface belongs to one bond or bridge. */
function ownerErrors(device: Mapping, owners: Map<string, string>): string[] {
  const errors: string[] = [];
  const name = nameOf(device);
  const { bond, bridge } = device;
  const exclusive = 'config sections are mutually exclusive';
  if (bond !== undefined && bridge !== undefined) {
    errors.push(`interface has both bridge and bond sections set ${quote(name)}: ${exclusive}`);
  }
  const bonded = list(mapping(bond)['interfaces']);
  if (bonded.length > 0 && list(mapping(bond)['deviceSelectors']).length > 0) {
    errors.push(`interface ${quote(name)} has both interfaces and selectors set: ${exclusive}`);
  }
  const mine = bridge === undefined ? bonded : list(mapping(bridge)['interfaces']);
  for (const part of mine.map(text)) {
    const other = owners.get(part);
    if (other !== undefined && other !== name) {
      errors.push(
        `interface ${quote(part)} is declared as part of two separate links: ${quote(other)} and ${quote(name)}`,
      );
    }
    owners.set(part, name);
  }
  return errors;
}

function interfaceErrors(device: Mapping): string[] {
  const errors: string[] = [];
  const selector = device['deviceSelector'];
  const either = `[${at}.interface], [${at}.deviceSelector]`;
  if (nameOf(device) === '' && selector === undefined) {
    errors.push(`${either}: required either config section to be set`);
  } else if (nameOf(device) !== '' && selector !== undefined) {
    errors.push(`${either}: config sections are mutually exclusive`);
  }
  if (selector !== undefined && isEmpty(mapping(selector))) {
    errors.push(`[${at}.deviceSelector]: config section should contain at least one field`);
  }
  if (device['bond'] !== undefined) errors.push(...bondErrors(mapping(device['bond'])));
  const { wireguard } = device;
  if (wireguard !== undefined) errors.push(...wireguardErrors(mapping(wireguard)));
  return [...errors, ...list(device['vlans']).flatMap((vlan) => vlanErrors(mapping(vlan), device))];
}

function isEmpty(selector: Mapping): boolean {
  return Object.values(selector).every((value) => value === '');
}

function wireguardErrors(wireguard: Mapping): string[] {
  const errors: string[] = [];
  const own = keyObjection(text(wireguard['privateKey']));
  if (own !== undefined) errors.push(`private key is invalid: ${own}`);
  for (const peer of list(wireguard['peers']).map(mapping)) {
    const why = keyObjection(text(peer['publicKey']));
    if (why !== undefined) errors.push(`public key invalid: ${why}`);
    const endpoint = text(peer['endpoint']);
    if (endpoint !== '' && hostPortObjection(endpoint) !== undefined) {
      errors.push(`peer endpoint ${quote(endpoint)} is invalid`);
    }
    for (const allowed of list(peer['allowedIPs']).map(text)) {
      if (isCidr(allowed)) continue;
      errors.push(`peer allowed IP ${quote(allowed)} is invalid: invalid CIDR address: ${allowed}`);
    }
  }
  return errors;
}

function keyObjection(key: string): string | undefined {
  const why = base64Objection(key);
  if (why !== undefined) return why;
  const { length } = Buffer.from(key, 'base64');
  return length === 32 ? undefined : `wrong key ${quote(key)} length: ${length}`;
}

function vlanErrors(vlan: Mapping, device: Mapping): string[] {
  const id = `${nameOf(device)}.${Number(vlan['vlanId'] ?? 0)}`;
  const cidr = text(vlan['cidr']);
  const addresses = list(vlan['addresses']).map(text);
  const both = `[${at}.vlan] ${id}: vlan can't have both .cidr and .addresses set`;
  return [
    ...(cidr !== '' && addresses.length > 0 ? [both] : []),
    ...(cidr === '' ? [] : addressObjections(cidr, `[${at}.vlan.CIDR] ${id}`)),
    ...addresses.flatMap((address) => addressObjections(address, `[${at}.vlan.addresses] ${id}`)),
  ];
}

function addressErrors(device: Mapping, owners: ReadonlyMap<string, string>): string[] {
  const errors: string[] = [];
  const name = nameOf(device);
  const cidr = text(device['cidr']);
  const addresses = list(device['addresses']).map(text);
  const { vip } = device;
  const isAddressed =
    device['dhcp'] === true || cidr !== '' || addresses.length > 0 || vip !== undefined;
  if (owners.has(name) && isAddressed) {
    errors.push(
      `[${at}] ${quote(name)}: bonded/bridged interface shouldn't have any addressing methods configured`,
    );
  }
  if (cidr !== '' && addresses.length > 0) {
    errors.push(`[${at}] ${quote(name)}: interface can't have both .cidr and .addresses set`);
  }
  if (cidr !== '') errors.push(...addressObjections(cidr, `[${at}.CIDR] ${quote(name)}`));
  errors.push(
    ...addresses.flatMap((address) =>
      addressObjections(address, `[${at}.addresses] ${quote(name)}`),
    ),
  );
  const shared = text(mapping(vip)['ip']);
  if (vip !== undefined && isIP(shared) === 0) {
    errors.push(`[${at}.vip] failed to parse ${quote(shared)} as IP address`);
  }
  return errors;
}

function addressObjections(address: string, where: string): string[] {
  if (address.includes('/')) {
    return isCidr(address) ? [] : [`${where}: invalid CIDR address: ${address}`];
  }
  return isIP(address) === 0 ? [`${where}: failed to parse IP address ${quote(address)}`] : [];
}

function routeErrors(given: unknown, index: number): string[] {
  const route = mapping(given);
  const where = `${at}.route[${index}]`;
  const wrong = (field: string, isRight: (value: string) => boolean): string[] => {
    const value = text(route[field]);
    return value === '' || isRight(value)
      ? []
      : [`[${where}.${field}] ${quote(value)}: invalid network address`];
  };
  const isAddress = (value: string): boolean => isIP(value) !== 0;
  const isNowhere = text(route['network']) === '' && text(route['gateway']) === '';
  return [
    ...wrong('network', isCidr),
    ...wrong('gateway', isAddress),
    ...(isNowhere ? [`[${where}]: either network or gateway should be set`] : []),
    ...wrong('source', isAddress),
  ];
}

/** Go's net.ParseCIDR. */
function isCidr(value: string): boolean {
  const [address = '', bits = '', ...more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0 || address.includes('%')) return false;
  return /^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
