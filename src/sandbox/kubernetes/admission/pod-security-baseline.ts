import { isObject, listOr, objectOr, stringOr, valueAt, type JsonObject } from '../json.js';
import {
  names,
  sorted,
  plural,
  quoted,
  uses,
  oneOf,
  is,
  containersOf,
  nameOf,
  wrongly,
  setters,
  type Check,
} from './pod-security-words.js';

const defaultCapabilities =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  );
const safeSysctls = (
  'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range ' +
  'net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time ' +
  'net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem'
).split(' ');
const seccompTypes = oneOf('RuntimeDefault', 'Localhost');

export const appArmorProfile: Check = ({ spec, annotations }) => {
  const found = setters(spec, ['appArmorProfile', 'type'], seccompTypes);
  const marked = Object.entries(annotations).flatMap(([key, value]) =>
    key.startsWith('container.apparmor.security.beta.kubernetes.io/') &&
    !/^$|^runtime\/default$|^localhost\//.test(stringOr(value))
      ? [`${key}=${JSON.stringify(value)}`]
      : [],
  );
  if (!found && marked.length === 0) return undefined;
  const who = [
    ...(found ? [found.who] : []),
    ...(marked.length > 0 ? [plural('annotation', marked)] : []),
  ];
  const values = [...sorted(found?.values ?? []), ...marked.sort()];
  return {
    reason: plural('forbidden AppArmor profile', values),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${names(values)}`,
  };
};

export const capabilitiesBaseline: Check = ({ spec }) => {
  const { who, values } = wrongly(spec, ['capabilities', 'add'], (added) =>
    listOr(added)
      .map(String)
      .filter((name) => !defaultCapabilities.includes(name)),
  );
  if (who.length === 0) return undefined;
  const detail = `${quoted('container', who)} must not include ${names(sorted(values))} in securityContext.capabilities.add`;
  return { reason: 'non-default capabilities', detail };
};

export const hostNamespaces: Check = ({ spec }) => {
  const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  const detail = set.map((field) => `${field}=true`).join(', ');
  return set.length === 0 ? undefined : { reason: 'host namespaces', detail };
};

export const hostPathVolumes: Check = ({ spec }) => {
  const volumes = listOr(spec['volumes']).filter(isObject);
  const paths = volumes.filter((volume) => volume['hostPath'] !== undefined).map(nameOf);
  if (paths.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: quoted('volume', paths) };
};

export const hostPorts: Check = ({ spec }) => {
  const portsOf = (container: JsonObject): string[] =>
    listOr(container['ports']).flatMap((port) => {
      const { hostPort } = objectOr(port);
      return hostPort === undefined || hostPort === 0 ? [] : [String(Number(hostPort))];
    });
  const bad = containersOf(spec).filter((container) => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sorted(bad.flatMap(portsOf));
  const who = quoted('container', bad.map(nameOf));
  return {
    reason: 'hostPort',
    detail: `${who} ${uses(bad)} ${plural('hostPort', ports)} ${ports.join(', ')}`,
  };
};

export const hostProbes: Check = ({ spec }) => {
  const places = [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => [probe]),
    ...['postStart', 'preStop'].map((hook) => ['lifecycle', hook]),
  ];
  const hostsOf = (container: JsonObject): string[] =>
    places.flatMap((place) =>
      ['httpGet', 'tcpSocket'].flatMap((action) => {
        const host = stringOr(valueAt(container, [...place, action, 'host']));
        return host === '' ? [] : [host];
      }),
    );
  const bad = containersOf(spec).filter((container) => hostsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const hosts = sorted(bad.flatMap(hostsOf));
  const who = quoted('container', bad.map(nameOf).sort());
  const detail = `${who} ${uses(bad)} ${quoted('probe or lifecycle host', hosts)}`;
  return { reason: 'probe or lifecycle host', detail };
};

export const privileged: Check = ({ spec }) => {
  const { who } = wrongly(spec, ['privileged'], is(true));
  const detail = `${quoted('container', who)} must not set securityContext.privileged=true`;
  return who.length === 0 ? undefined : { reason: 'privileged', detail };
};

export const procMount: Check = ({ spec }) => {
  const { who, values } = wrongly(spec, ['procMount'], oneOf('Default'));
  const detail = `${quoted('container', who)} must not set securityContext.procMount to ${names(sorted(values))}`;
  return who.length === 0 ? undefined : { reason: 'procMount', detail };
};

export const seLinuxOptions: Check = ({ spec }) => {
  const found = setters(spec, ['seLinuxOptions'], (options) => {
    const { type = '', user = '', role = '' } = objectOr(options);
    const isKnown = /^(container_(t|init_t|kvm_t|engine_t))?$/.test(stringOr(type));
    return [
      ...(isKnown ? [] : [`type ${stringOr(type)}`]),
      ...(user === '' ? [] : ['user may not be set']),
      ...(role === '' ? [] : ['role may not be set']),
    ];
  });
  if (!found) return undefined;
  const types = sorted(found.values.filter((text) => text.startsWith('type '))).map((text) =>
    text.slice(5),
  );
  const others = ['user may not be set', 'role may not be set'].filter((text) =>
    found.values.includes(text),
  );
  const data = [...(types.length > 0 ? [quoted('type', types)] : []), ...others];
  const detail = `${found.who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`;
  return { reason: 'seLinuxOptions', detail };
};

export const seccompBaseline: Check = ({ spec }) => {
  const found = setters(spec, ['seccompProfile', 'type'], seccompTypes);
  if (!found) return undefined;
  const values = names(sorted(found.values));
  const detail = `${found.who} must not set securityContext.seccompProfile.type to ${values}`;
  return { reason: 'seccompProfile', detail };
};

export const sysctls: Check = ({ spec }) => {
  const set = listOr(valueAt(spec['securityContext'], ['sysctls'])).map((item) =>
    nameOf(objectOr(item)),
  );
  const bad = set.filter((name) => !safeSysctls.includes(name));
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
};

export const windowsHostProcess: Check = ({ spec }) => {
  const found = setters(spec, ['windowsOptions', 'hostProcess'], is(true));
  if (!found) return undefined;
  const detail = `${found.who} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: 'hostProcess', detail };
};
