import { listOr, objectOr, stringOr, type JsonObject } from '../json.js';
import type { KubeObject } from '../objects.js';
import type { Pod } from '../workloads.js';

/** Something behind a service. */
export interface Endpoint {
  readonly address: string;
  readonly hostname?: string;
  readonly nodeName?: string | undefined;
  readonly targetRef?: JsonObject;
  readonly ports: readonly EndpointPort[];
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}

interface EndpointPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** How many endpoints one slice has at most. */
const sliceSize = 100;

/** The ports of a service as numbers: those with names are looked up in the pod. */
export function resolvedPorts(service: KubeObject, pod: Pod): EndpointPort[] {
  const named = pod.spec.containers.flatMap(({ ports = [] }) => ports);
  return listOr(objectOr(service.spec)['ports']).flatMap((item) => {
    const { name, targetPort, port, protocol, appProtocol } = objectOr(item);
    const target = targetPort ?? port;
    const number =
      typeof target === 'number'
        ? target
        : named.find((candidate) => (candidate as { name?: string }).name === target)
            ?.containerPort;
    if (number === undefined) return [];
    const more = typeof appProtocol === 'string' ? { appProtocol } : {};
    return [{ name: stringOr(name), port: number, protocol: stringOr(protocol, 'TCP'), ...more }];
  });
}

/** As Endpoints list them: addresses with the same ports together, those not ready apart. */
export function subsetsOf(found: readonly Endpoint[]): JsonObject[] {
  return byPorts(found).map(({ ports, endpoints }) => {
    const addresses = (ready: boolean): JsonObject[] =>
      endpoints
        .filter((endpoint) => endpoint.ready === ready)
        .map(({ address, hostname, nodeName, targetRef }) =>
          defined({ hostname, ip: address, nodeName, targetRef }),
        );
    const [ready, unready] = [addresses(true), addresses(false)];
    return {
      ...(ready.length > 0 ? { addresses: ready } : {}),
      ...(unready.length > 0 ? { notReadyAddresses: unready } : {}),
      ...(ports.length > 0
        ? { ports: ports.map(({ name, ...port }) => (name === '' ? port : { name, ...port })) }
        : {}),
    };
  });
}

/** As EndpointSlices list them; a service without any has one empty slice. */
export function slicesOf(found: readonly Endpoint[]): JsonObject[] {
  const slices = byPorts(found).flatMap(({ ports, endpoints }) => {
    const count = Math.ceil(endpoints.length / sliceSize);
    return Array.from({ length: count }, (_, index) => ({
      addressType: 'IPv4',
      endpoints: endpoints.slice(index * sliceSize, (index + 1) * sliceSize).map(sliceEndpoint),
      ports,
    }));
  });
  return slices.length > 0 ? slices : [{ addressType: 'IPv4', endpoints: null, ports: null }];
}

function sliceEndpoint(endpoint: Endpoint): JsonObject {
  const { address, ready, serving, terminating, hostname, nodeName, targetRef } = endpoint;
  // API servers say no more of themselves than that they are ready.
  const conditions = targetRef ? { ready, serving, terminating } : { ready };
  return defined({ addresses: [address], conditions, hostname, nodeName, targetRef });
}

function byPorts(
  found: readonly Endpoint[],
): { readonly ports: readonly EndpointPort[]; readonly endpoints: Endpoint[] }[] {
  const groups = new Map<string, Endpoint[]>();
  for (const endpoint of found) {
    const key = JSON.stringify(endpoint.ports);
    groups.set(key, [...(groups.get(key) ?? []), endpoint]);
  }
  return [...groups.values()].map((endpoints) => ({ ports: endpoints[0]?.ports ?? [], endpoints }));
}

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
