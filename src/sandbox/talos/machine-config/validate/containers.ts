import { quote } from '../layout/go-text.js';
import { sizeObjection } from '../layout/sizes.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ConfigDocument } from '../types.js';

const conditions = ['addresses', 'connectivity', 'hostname', 'etcfiles'];
const options = [
  'ro',
  'rw',
  'noexec',
  'nosuid',
  'nodev',
  'noatime',
  'rbind',
  'rshared',
  'rslave',
  'rprivate',
];

/** What is wrong with a `ContainerConfig` (Talos v1.14.0-rc.1, types/container). */
export function containerErrors({ name = '', body }: ConfigDocument): string[] {
  return [
    ...nameErrors(name),
    ...imageErrors(text(body['image'])),
    ...list(body['environment']).flatMap((entry, index) =>
      text(entry).includes('=')
        ? []
        : [`environment[${index}]: ${quote(text(entry))} must be in KEY=value form`],
    ),
    ...mountsErrors(list(body['mounts']).map(mapping)),
    ...(body['security'] === undefined ? [] : securityErrors(mapping(body['security']))),
    ...(body['network'] === undefined ? [] : modeErrors(mapping(body['network']))),
    ...limitErrors(mapping(mapping(body['resources'])['limits'])),
    ...dependencyErrors(mapping(body['dependsOn']), name),
    ...['uid', 'gid'].flatMap((field) => {
      const id = Number(mapping(body['runAs'])[field] ?? 0);
      return id < 0 ? [`runAs.${field} must be non-negative, got ${id}`] : [];
    }),
  ];
}

/** A registry may have a port, a repository is in lower case. */
function imageErrors(image: string): string[] {
  if (image === '') return ['image is required'];
  const form =
    /^([\w.-]+(:\d+)?\/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
  const why = `could not parse reference: ${image}`;
  return form.test(image) ? [] : [`invalid image reference ${quote(image)}: ${why}`];
}

function nameErrors(name: string): string[] {
  if (name === '') return ['name is required'];
  if (name.length > 63) return [`name ${quote(name)} must be 63 characters or fewer`];
  const said = 'name can only contain lowercase ASCII letters, digits and hyphens';
  return /^[a-z0-9-]+$/.test(name) ? [] : [`name ${quote(name)}: ${said}`];
}

function mountsErrors(mounts: readonly Mapping[]): string[] {
  const seen = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const kinds = ['userVolume', 'tmpfs', 'hostPath'].filter((kind) => mount[kind] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      return [`mounts[${index}]: exactly one of userVolume, tmpfs or hostPath must be set`];
    }
    const errors = mountErrors(kind, mapping(mount[kind]));
    if (errors.length > 0) return [`mounts[${index}]: ${errors.join('\n')}`];
    const destination = text(mapping(mount[kind])['destination']);
    const isTaken = seen.has(destination);
    seen.add(destination);
    return isTaken ? [`mounts[${index}]: duplicate destination ${quote(destination)}`] : [];
  });
}

function mountErrors(kind: string, mount: Mapping): string[] {
  const given = list(mount['options']).map(text);
  return [
    ...(kind === 'userVolume' && text(mount['name']) === '' ? ['userVolume.name is required'] : []),
    ...(kind === 'hostPath' ? pathErrors('hostPath.source', text(mount['source'])) : []),
    ...pathErrors(`${kind}.destination`, text(mount['destination'])),
    ...given
      .filter((option) => !options.includes(option))
      .map((option) => `unsupported mount option ${quote(option)}`),
    ...(given.includes('ro') && given.includes('rw')
      ? ['mount options ro and rw are mutually exclusive']
      : []),
  ];
}

function pathErrors(what: string, path: string): string[] {
  if (path === '') return [`${what} is required`];
  return path.startsWith('/') ? [] : [`${what} ${quote(path)} must be an absolute path`];
}

function securityErrors({ profile, capabilities }: Mapping): string[] {
  const isKnown = ['', 'restricted', 'privileged'].includes(text(profile));
  const said = `unsupported security profile ${quote(text(profile))}, expected restricted or privileged`;
  const [add, drop] = ['add', 'drop'].map((field) => list(mapping(capabilities)[field]).map(text));
  return [
    ...(isKnown ? [] : [said]),
    ...(add ?? []).flatMap((name) =>
      name === 'ALL'
        ? ['capabilities.add does not accept ALL, use profile: privileged instead']
        : capabilityErrors('capabilities.add', name),
    ),
    ...(drop ?? []).flatMap((name) =>
      name === 'ALL' ? [] : capabilityErrors('capabilities.drop', name),
    ),
    ...(add ?? [])
      .filter((name) => drop?.includes(name) === true)
      .map((name) => `capability ${quote(name)} appears in both add and drop`),
  ];
}

function capabilityErrors(field: string, name: string): string[] {
  const wrong = (said: string): string[] => [`${field}: capability ${said}`];
  if (name === '') return wrong('name must not be empty');
  if (name.startsWith('CAP_')) return wrong(`${quote(name)} must be given without the CAP_ prefix`);
  if (name.toUpperCase() !== name) return wrong(`${quote(name)} must be upper case`);
  return /^[A-Z_]+$/.test(name)
    ? []
    : wrong(`${quote(name)} may only contain upper case letters and underscores`);
}

function modeErrors({ mode }: Mapping): string[] {
  return ['', 'none', 'host'].includes(text(mode))
    ? []
    : [`unsupported network mode ${quote(text(mode))}, expected none or host`];
}

function limitErrors(limits: Mapping): string[] {
  const [memory, cpu] = [text(limits['memory']), text(limits['cpu'])];
  const why = memory === '' ? undefined : sizeObjection(memory);
  return [
    ...(why === undefined ? [] : [`limits.memory ${quote(memory)} is not a valid size: ${why}`]),
    ...(cpu === '' ? [] : processorErrors(cpu)),
  ];
}

function processorErrors(cpu: string): string[] {
  if (!cpu.endsWith('m')) {
    return [`limits.cpu ${quote(cpu)} must be expressed in millicores, e.g. 1500m`];
  }
  const digits = cpu.slice(0, -1);
  if (!/^\d+$/.test(digits)) {
    const why = `strconv.ParseUint: parsing ${quote(digits)}: invalid syntax`;
    return [`limits.cpu ${quote(cpu)} is not a valid millicore quantity: ${why}`];
  }
  return Number(digits) === 0 ? [`limits.cpu ${quote(cpu)} must be greater than zero`] : [];
}

function dependencyErrors(depends: Mapping, name: string): string[] {
  return [
    ...list(depends['paths']).flatMap((path) => pathErrors('dependsOn.paths entry', text(path))),
    ...list(depends['networks'])
      .map(text)
      .filter((condition) => !conditions.includes(condition))
      .map((condition) => `unsupported dependsOn.networks condition ${quote(condition)}`),
    ...list(depends['containers']).flatMap((other) => {
      if (text(other) === '') return ['dependsOn.containers entry must not be empty'];
      return other === name ? [`container ${quote(name)} cannot depend on itself`] : [];
    }),
  ];
}
