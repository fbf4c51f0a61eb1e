import type { FieldType, TextCheck } from '../schema.js';
import {
  addressObjection,
  addressPortObjection,
  hardwareAddressObjection,
  prefixObjection,
} from './network-texts.js';
import { diskSizeObjection, percentageObjection, sizeObjection } from './sizes.js';
import { urlObjection } from './go-url.js';

/** Read by their own type, from any scalar. */
const texts: Readonly<Record<string, TextCheck>> = {
  'block.ByteSize': (text) => (text === '' ? undefined : sizeObjection(text.replace(/^-/, ''))),
  'block.Size': (text) =>
    text.includes('%')
      ? percentageObjection(text)
      : text === ''
        ? undefined
        : sizeObjection(text.replace(/^-/, '')),
  'cel.Expression': () => undefined,
  'nethelpers.HardwareAddr': hardwareAddressObjection,
  'netip.Addr': addressObjection,
  'netip.AddrPort': addressPortObjection,
  'netip.Prefix': prefixObjection,
  Addr: addressObjection,
  AddrPort: addressPortObjection,
  Prefix: prefixObjection,
};

/** Read as a string first. */
const checked: Readonly<Record<string, TextCheck>> = {
  'meta.URL': urlObjection,
  'v1alpha1.Base64Bytes': base64Objection,
  'v1alpha1.DiskSize': sizeObjection,
  'v1alpha1.Endpoint': urlObjection,
  'v1alpha1.InstallDiskSizeMatcher': diskSizeObjection,
};

/** A patch replaces these also by nothing (Talos source, their Merge). */
const replaced = ['block.ByteSize', 'cel.Expression'];

const bits: Readonly<Record<string, number>> = {
  int32: 31,
  int: 63,
  uint8: 8,
  uint16: 16,
  uint32: 32,
  uint: 64,
  uint64: 64,
  'runtime.EtcFileMode': 32,
  'v1alpha1.FileMode': 32,
};

/** The type of a value that has no fields; undefined when the name is that of a section. */
export function leafType(text: string, name: string): FieldType | undefined {
  const check = texts[text] ?? checked[text];
  if (check) {
    const kind = Object.hasOwn(texts, text) ? 'text' : 'checked';
    return {
      kind,
      name,
      check,
      isReplaced: replaced.includes(text) || (name.startsWith('meta.') && kind === 'text'),
    };
  }
  const size = bits[text];
  if (size !== undefined) {
    const min = text.startsWith('int') ? -(2 ** size) : 0;
    return { kind: 'int', name, min, max: 2 ** size - 1 };
  }
  const kind = kinds[text];
  return kind === undefined ? undefined : { kind, name };
}

const kinds: Readonly<
  Record<string, 'string' | 'bool' | 'duration' | 'object' | 'argument' | 'ports'>
> = {
  string: 'string',
  bool: 'bool',
  'time.Duration': 'duration',
  'config.ContainerNetworkMode': 'string',
  'config.ContainerSecurityProfile': 'string',
  'v1alpha1.InstallDiskType': 'string',
  ArgValue: 'argument',
  Unstructured: 'object',
  'network.PortRange': 'ports',
};

/** Go's standard decoding; line ends are left out. */
export function base64Objection(given: string): string | undefined {
  const text = given.replace(/[\r\n]/g, '');
  const bad = text.search(/[^A-Za-z0-9+/=]/);
  if (bad >= 0) return `illegal base64 data at input byte ${bad}`;
  const padding = text.indexOf('=');
  const isPadded = padding < 0 || (/^=?=$/.test(text.slice(padding)) && text.length % 4 === 0);
  if (!isPadded) return `illegal base64 data at input byte ${padding}`;
  const rest = text.length % 4;
  return rest === 0 ? undefined : `illegal base64 data at input byte ${text.length - rest}`;
}
