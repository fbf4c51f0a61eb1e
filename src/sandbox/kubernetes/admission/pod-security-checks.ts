import { isObject, listOr, valueAt } from '../json.js';
import {
  names,
  sorted,
  quoted,
  uses,
  is,
  containersOf,
  nameOf,
  wrongly,
  setters,
  without,
  type Check,
} from './pod-security-words.js';
import {
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  procMount,
  seLinuxOptions,
  seccompBaseline,
  sysctls,
  windowsHostProcess,
} from './pod-security-baseline.js';

const plainVolumes =
  'configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret'.split(
    ' ',
  );
const privilegeEscalation: Check = ({ spec }) => {
  const bad = containersOf(spec).filter(
    (container) => valueAt(container['securityContext'], ['allowPrivilegeEscalation']) !== false,
  );
  const who = quoted('container', bad.map(nameOf));
  const detail = `${who} must set securityContext.allowPrivilegeEscalation=false`;
  return bad.length === 0 ? undefined : { reason: 'allowPrivilegeEscalation != false', detail };
};

const capabilitiesRestricted: Check = ({ spec }) => {
  const keeping = containersOf(spec).filter(
    (item) => !listOr(valueAt(item['securityContext'], ['capabilities', 'drop'])).includes('ALL'),
  );
  const { who, values } = wrongly(spec, ['capabilities', 'add'], (added) =>
    listOr(added)
      .map(String)
      .filter((name) => name !== 'NET_BIND_SERVICE'),
  );
  const details = [
    ...(keeping.length > 0
      ? [
          `${quoted('container', keeping.map(nameOf))} must set securityContext.capabilities.drop=["ALL"]`,
        ]
      : []),
    ...(who.length > 0
      ? [
          `${quoted('container', who)} must not include ${names(sorted(values))} in securityContext.capabilities.add`,
        ]
      : []),
  ];
  if (details.length === 0) return undefined;
  return { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const restrictedVolumes: Check = ({ spec }) => {
  const bad = listOr(spec['volumes'])
    .filter(isObject)
    .filter((volume) => !plainVolumes.some((type) => volume[type] !== undefined));
  if (bad.length === 0) return undefined;
  const types = sorted(
    bad.map((volume) => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown'),
  );
  const detail = `${quoted('volume', bad.map(nameOf))} ${uses(bad)} ${quoted('restricted volume type', types)}`;
  return { reason: 'restricted volume types', detail };
};

const runAsNonRoot: Check = ({ spec }) => {
  const found = setters(spec, ['runAsNonRoot'], is(false));
  const reason = 'runAsNonRoot != true';
  if (found)
    return { reason, detail: `${found.who} must not set securityContext.runAsNonRoot=false` };
  const missing = without(spec, 'runAsNonRoot', (value) => value === true);
  const detail = `pod or ${quoted('container', missing)} must set securityContext.runAsNonRoot=true`;
  return missing.length === 0 ? undefined : { reason, detail };
};

const runAsUser: Check = ({ spec }) => {
  const found = setters(spec, ['runAsUser'], is(0));
  return found && { reason: 'runAsUser=0', detail: `${found.who} must not set runAsUser=0` };
};

const seccompRestricted: Check = (pod) => {
  const explicit = seccompBaseline(pod);
  if (explicit) return explicit;
  const missing = without(pod.spec, 'seccompProfile', (value) => value !== undefined);
  const who = quoted('container', missing);
  const detail = `pod or ${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return missing.length === 0 ? undefined : { reason: 'seccompProfile', detail };
};

/** The checks of each level in the order in which the admission plugin names them (k8s.io/pod-security-admission). */
export const podSecurityChecks: Readonly<Record<'baseline' | 'restricted', readonly Check[]>> = {
  baseline: [
    ...[
      appArmorProfile,
      capabilitiesBaseline,
      hostNamespaces,
      hostPathVolumes,
      hostPorts,
      hostProbes,
    ],
    ...[privileged, procMount, seLinuxOptions, seccompBaseline, sysctls, windowsHostProcess],
  ],
  restricted: [
    ...[appArmorProfile, hostNamespaces, hostPorts, hostProbes, privileged, procMount],
    ...[seLinuxOptions, sysctls, windowsHostProcess, privilegeEscalation, capabilitiesRestricted],
    ...[restrictedVolumes, runAsNonRoot, runAsUser, seccompRestricted],
  ],
};
