import { ageOf, pairs } from './cells.js';
import { listOr, objectOr, stringOr, valueAt, type JsonObject } from './json.js';
import type { KubeObject } from './objects.js';

// What kube-apiserver 1.34 prints (kubernetes/pkg/printers/internalversion/printers.go).

/** The value at a path of field names as text. */
export function at(path: string, otherwise = ''): (object: KubeObject) => string {
  return (object) => {
    const value = valueAt(object, path.split('.'));
    if (Array.isArray(value)) return value.map(String).join(',') || otherwise;
    return asText(value) || otherwise;
  };
}

function asText(value: unknown): string {
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? String(value) : stringOr(value);
}

/** How many there are in a list. */
export function countOf(path: string): (object: KubeObject) => number {
  return (object) => listOr(valueAt(object, path.split('.'))).length;
}

/** The addresses of a service for clients outside. */
export function externalIp(object: KubeObject): string {
  const spec = objectOr(object.spec);
  const own = listOr(spec['externalIPs']).map(String);
  if (spec['type'] === 'ExternalName') return stringOr(spec['externalName']);
  if (spec['type'] !== 'LoadBalancer') return own.join(',') || '<none>';
  return [...balancerAddresses(object), ...own].join(',') || '<pending>';
}

/** The addresses that a load balancer has given, `ip` before `hostname`. */
export function balancerAddresses({ status }: KubeObject): readonly string[] {
  return listOr(valueAt(status, ['loadBalancer', 'ingress'])).map((item) => {
    const { ip, hostname } = objectOr(item);
    return stringOr(ip) || stringOr(hostname);
  });
}

/** `10.0.0.1:80,10.0.0.2:80 + 2 more...` */
export function endpointTexts(object: KubeObject): string {
  const all = listOr(object['subsets']).flatMap((item) => {
    const { addresses, ports } = objectOr(item);
    const ips = listOr(addresses).map((address) => stringOr(objectOr(address)['ip']));
    const numbers = listOr(ports).map((port) => Number(objectOr(port)['port']));
    return numbers.length === 0
      ? ips
      : numbers.flatMap((number) => ips.map((ip) => `${ip}:${number}`));
  });
  return shortened(all) || '<none>';
}

/** The addresses of an EndpointSlice. */
export function sliceEndpoints(object: KubeObject): string {
  const all = listOr(object['endpoints']).flatMap((item) =>
    listOr(objectOr(item)['addresses']).map(String),
  );
  return shortened(all) || '<unset>';
}

/** The ports of an EndpointSlice. */
export function slicePorts(object: KubeObject): string {
  const all = listOr(object['ports']).map((item) => {
    const { port, name } = objectOr(item);
    return typeof port === 'number' ? String(port) : stringOr(name, '*');
  });
  return shortened(all) || '<unset>';
}

function shortened(all: readonly string[], most = 3): string {
  const shown = all.slice(0, most).join(',');
  return all.length > most ? `${shown} + ${all.length - most} more...` : shown;
}

/** `cpu: <unknown>/80%`: there are no metrics. */
export function metricTargets({ spec }: KubeObject): string {
  const all = listOr(valueAt(spec, ['metrics'])).map((metric) => {
    const resource = objectOr(objectOr(metric)['resource']);
    const { averageUtilization, averageValue } = objectOr(resource['target']);
    const target =
      typeof averageUtilization === 'number'
        ? `${averageUtilization}%`
        : stringOr(averageValue, '<auto>');
    return `${stringOr(resource['name'])}: <unknown>/${target}`;
  });
  return all.join(', ') || '<none>';
}

/** `Deployment/web` */
export function scaleTarget({ spec }: KubeObject): string {
  const { kind, name } = objectOr(valueAt(spec, ['scaleTargetRef']));
  return `${stringOr(kind)}/${stringOr(name)}`;
}

/** The hosts of an Ingress. */
export function ingressHosts({ spec }: KubeObject): string {
  const hosts = listOr(valueAt(spec, ['rules'])).map((rule) => stringOr(objectOr(rule)['host']));
  return shortened(hosts.filter((host) => host !== '')) || '*';
}

/** `pods: 5/50, …` of a quota's requests or limits. */
export function quotaUse(limits: boolean): (object: KubeObject) => string {
  return (object) => {
    const [hard, used] = ['hard', 'used'].map((part) => objectOr(valueAt(object.status, [part])));
    return Object.keys(hard ?? {})
      .filter((name) => name.startsWith('limits') === limits)
      .sort()
      .map((name) => `${name}: ${asText(used?.[name]) || '0'}/${asText(hard?.[name])}`)
      .join(', ');
  };
}

const modes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** `RWO,RWX` */
export function accessModes(path: string): (object: KubeObject) => string {
  return (object) =>
    listOr(valueAt(object, path.split('.')))
      .map((mode) => modes[String(mode)] ?? String(mode))
      .join(',');
}

/** `default/data` */
export function claimOf({ spec }: KubeObject): string {
  const { namespace, name } = objectOr(valueAt(spec, ['claimRef']));
  return name === undefined ? '' : `${stringOr(namespace)}/${stringOr(name)}`;
}

/** The names of a binding's subjects of one kind. */
export function subjects(kind: string): (object: KubeObject) => string {
  return (object) =>
    listOr(object['subjects'])
      .map(objectOr)
      .filter((item) => item['kind'] === kind)
      .map((item) => [asText(item['namespace']), asText(item['name'])].filter(Boolean).join('/'))
      .join(',');
}

/** `ClusterRole/edit` */
export function roleOf(object: KubeObject): string {
  const { kind, name } = objectOr(object['roleRef']);
  return `${stringOr(kind)}/${stringOr(name)}`;
}

/** How long a Job took, or has been running. */
export function jobDuration({ status }: KubeObject, now: number): string {
  const { startTime, completionTime } = objectOr(status);
  if (typeof startTime !== 'string') return '';
  return ageOf(startTime, typeof completionTime === 'string' ? Date.parse(completionTime) : now);
}

/** `pod/web-0` */
export function eventObject(object: KubeObject): string {
  const { kind, name } = objectOr(object['involvedObject']);
  return `${stringOr(kind).toLowerCase()}/${stringOr(name)}`;
}

/** `kubelet, worker-1` */
export function eventSource(object: KubeObject): string {
  const { component, host } = objectOr(object['source']);
  const who = stringOr(component) || stringOr(object['reportingComponent']);
  return [who, stringOr(host)].filter((part) => part !== '').join(', ');
}

/** When an event was seen for the last time. */
export function lastSeen(object: KubeObject, now: number): string {
  const times = [
    valueAt(object, ['series', 'lastObservedTime']),
    object['lastTimestamp'],
    object['eventTime'],
  ];
  const last = times.find((time) => typeof time === 'string');
  return ageOf(typeof last === 'string' ? last : object.metadata.creationTimestamp, now);
}

/** The labels that a selector of a spec asks for. */
export function selectorAt(path: string): (object: KubeObject) => string {
  return (object) => pairs(objectOr(valueAt(object, path.split('.'))));
}

/** The names or images of a template's containers. */
export function containers(field: 'name' | 'image', path: string): (object: KubeObject) => string {
  return (object) =>
    listOr(valueAt(object, path.split('.')))
      .map((item) => stringOr((item as JsonObject)[field]))
      .join(',');
}
