import { listOr, objectOr, stringOr, valueAt } from './json.js';
import { isTrue, type KubeObject, type LabelSelector } from './objects.js';
import type { KubeNode, Pod } from './workloads.js';

export function selectorText(selector: LabelSelector | undefined): string {
  return pairs(selector?.matchLabels);
}

export function nodeStatus({ spec, status }: KubeNode): string {
  const ready = isTrue(status.conditions, 'Ready') ? 'Ready' : 'NotReady';
  return spec.unschedulable === true ? `${ready},SchedulingDisabled` : ready;
}

export function nodeRoles({ metadata }: KubeNode): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  return (
    roles
      .map((label) => label.slice(prefix.length))
      .sort()
      .join(',') || '<none>'
  );
}

export function nodeAddress({ status }: KubeNode, type: string): string {
  return status.addresses.find((item) => item.type === type)?.address ?? '<none>';
}

export function podReady({ spec, status }: Pod): string {
  const ready = status?.containerStatuses?.filter((item) => item.ready).length ?? 0;
  return `${ready}/${spec.containers.length}`;
}

export function podStatus({ metadata, status }: Pod): string {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  const waiting = status?.containerStatuses?.find((item) => item.state.waiting)?.state.waiting;
  if (waiting) return waiting.reason;
  const phase = status?.phase ?? 'Pending';
  return phase === 'Succeeded' ? 'Completed' : phase;
}

export function servicePorts(object: KubeObject): string {
  const ports = listOr(valueAt(object.spec, ['ports'])).map((port) => {
    const { port: number, nodePort, protocol } = objectOr(port);
    const onNodes = typeof nodePort === 'number' ? `:${nodePort}` : '';
    return `${Number(number)}${onNodes}/${stringOr(protocol, 'TCP')}`;
  });
  return ports.join(',') || '<none>';
}

export function pairs(labels: object | undefined): string {
  const texts = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  return texts.join(',') || '<none>';
}

/** The text at a path of field names. */
export function text(object: KubeObject, path: string): string {
  return stringOr(valueAt(object, path.split('.')));
}

/** `.status.conditions[?(@.type=="Ready")].status`, the only forms that definitions use in practice. */
export function simpleJsonPath(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const part of path.match(/[^.[\]]+|\[[^\]]*\]/g) ?? []) {
    const filter = /^\[\?\(@\.(\w+)\s*==\s*["'](.*)["']\)\]$/.exec(part);
    const index = /^\[(\d+)\]$/.exec(part);
    if (filter) {
      const [, field = '', wanted] = filter;
      value = listOr(value).find((item) => objectOr(item)[field] === wanted);
    } else if (index) value = listOr(value)[Number(index[1])];
    else value = objectOr(value)[part];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** As kubectl writes ages: `45s`, `3m10s`, `27m`, `5h2m`, `3d`. */
export function ageOf(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1_000));
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return joined(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return joined(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  return `${Math.floor(hours / 24)}d`;
}

function joined(...[big, bigUnit, small, smallUnit]: [number, string, number, string]): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}
