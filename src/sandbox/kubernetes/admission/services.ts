import type { Cause } from '../api-error.js';
import { toNumber } from '../../cloud/address-math.js';
import { ipv4Range } from '../ip-ranges.js';
import { listOr, objectOr, stringOr, type JsonObject } from '../json.js';
import type { KubeObject } from '../objects.js';
import { hasNodePorts, nodePorts, takenPorts } from '../services.js';
import type { KubeState } from '../state.js';

/** What is wrong with a service beyond its form: ports and addresses that it cannot have. */
export function serviceCauses(
  state: KubeState,
  { object, before }: { readonly object: KubeObject; readonly before: KubeObject | undefined },
): Cause[] {
  const spec = objectOr(object.spec);
  const old = objectOr(before?.spec);
  const form = formCauses(spec);
  if (form.length > 0) return form;
  return [
    ...portCauses(state, spec, object.metadata.uid),
    ...(spec['type'] === 'ExternalName' ? [] : addressCauses(state, { spec, old, object })),
  ];
}

function formCauses(spec: JsonObject): Cause[] {
  const ports = listOr(spec['ports']).map(objectOr);
  const causes: Cause[] = [];
  if (spec['type'] === 'ExternalName' && stringOr(spec['externalName']) === '') {
    causes.push({
      reason: 'FieldValueRequired',
      field: 'spec.externalName',
      message: 'Required value',
    });
  }
  if (hasNodePorts(spec['type']) && spec['clusterIP'] === 'None') {
    const why = `may not be set to 'None' for ${stringOr(spec['type'])} services`;
    causes.push(wrong('spec.clusterIPs[0]', 'None', why));
  }
  if (spec['ipFamilyPolicy'] === 'RequireDualStack') {
    const why = 'this cluster is not configured for dual-stack services';
    causes.push(wrong('spec.ipFamilyPolicy', 'RequireDualStack', why));
  }
  for (const [index, { name, nodePort }] of ports.entries()) {
    const field = `spec.ports[${index}]`;
    if (ports.length > 1 && stringOr(name) === '') {
      causes.push({
        reason: 'FieldValueRequired',
        field: `${field}.name`,
        message: 'Required value',
      });
    }
    if (spec['type'] === 'ClusterIP' && nodePort !== undefined) {
      const message = "Forbidden: may not be used when `type` is 'ClusterIP'";
      causes.push({ reason: 'FieldValueForbidden', field: `${field}.nodePort`, message });
    }
  }
  return causes;
}

function portCauses(state: KubeState, spec: JsonObject, uid: string): Cause[] {
  const taken = new Set(takenPorts(state, uid));
  return listOr(spec['ports']).flatMap((port, index) => {
    const { nodePort } = objectOr(port);
    if (typeof nodePort !== 'number') return [];
    const field = `spec.ports[${index}].nodePort`;
    const { first, last } = nodePorts;
    if (nodePort < first || nodePort > last) {
      const why = `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
      return [wrong(field, nodePort, why)];
    }
    return taken.has(nodePort)
      ? [wrong(field, nodePort, 'provided port is already allocated')]
      : [];
  });
}

function addressCauses(
  state: KubeState,
  { spec, old, object }: { spec: JsonObject; old: JsonObject; object: KubeObject },
): Cause[] {
  const address = stringOr(spec['clusterIP']);
  const before = stringOr(old['clusterIP']);
  if (before !== '' && old['type'] !== 'ExternalName') {
    if (before === address) return [];
    return [wrong('spec.clusterIPs[0]', [address], 'may not change once set')];
  }
  if (address === 'None') return [];
  const refused = (why: string): Cause[] => [
    wrong('spec.clusterIPs', [address], `failed to allocate IP ${address}: ${why}`),
  ];
  const { first, last } = ipv4Range(state.options.serviceCidr);
  const number = toNumber(address);
  if (!(number > first && number < last)) {
    return refused('the provided network does not match the current range');
  }
  const isTaken = state.store
    .list('services')
    .some(
      (other) =>
        other.metadata.uid !== object.metadata.uid && objectOr(other.spec)['clusterIP'] === address,
    );
  return isTaken ? refused('provided IP is already allocated') : [];
}

function wrong(field: string, value: unknown, why: string): Cause {
  const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
  return { reason: 'FieldValueInvalid', field, message };
}
