import type { Cause } from './api-error.js';
import { claimChangeCauses } from './claim-rules.js';
import { isObject, listOr, objectOr, same, stringOr, valueAt, type JsonObject } from './json.js';
import type { LabelSelector, Labels } from './objects.js';
import { resourceCauses } from './quantity-fields.js';
import { selects } from './selectors.js';

/** Rules of built-in kinds that a schema cannot express. */
export function contentCauses(kind: string, object: JsonObject): Cause[] {
  switch (kind) {
    case 'Deployment':
    case 'DaemonSet':
    case 'StatefulSet':
    case 'ReplicaSet':
      return [
        ...selectorCauses(object),
        ...podCauses(valueAt(object, ['spec', 'template', 'spec']), 'spec.template.spec'),
      ];
    case 'Job':
      return jobCauses(object);
    case 'Pod':
      return podCauses(object['spec'], 'spec');
    case 'Service':
      return serviceCauses(object);
    case 'PersistentVolumeClaim':
      return claimCauses(object);
    case 'Secret':
      return secretCauses(object);
    case 'PodDisruptionBudget':
      return budgetCauses(object);
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return object['roleRef'] === undefined ? [required('roleRef')] : [];
    case 'CustomResourceDefinition':
      return definitionCauses(object);
    default:
      return [];
  }
}

/** What may never change once an object exists. */
export function immutabilityCauses(kind: string, before: JsonObject, after: JsonObject): Cause[] {
  const fixed = (fixedFields[kind] ?? []).flatMap((field) => {
    const path = field.split('.');
    const [old, wanted] = [valueAt(before, path), valueAt(after, path)];
    if (same(old, wanted)) return [];
    return [invalidValue(field, wanted, 'field is immutable')];
  });
  if ((kind === 'ConfigMap' || kind === 'Secret') && before['immutable'] === true) {
    for (const field of ['data', 'binaryData']) {
      if (same(before[field], after[field])) continue;
      fixed.push({
        reason: 'FieldValueForbidden',
        field,
        message: 'Forbidden: field is immutable when `immutable` is set',
      });
    }
  }
  if (kind === 'PersistentVolumeClaim') return [...fixed, ...claimChangeCauses(before, after)];
  return [...fixed, ...(kind === 'Node' ? onceSetCauses(before, after) : [])];
}

/** What controllers give a node once. */
function onceSetCauses(before: JsonObject, after: JsonObject): Cause[] {
  return ['providerID', 'podCIDR'].flatMap((name) => {
    const [old, wanted] = [before, after].map((object) => valueAt(object, ['spec', name]));
    if (!old || old === wanted) return [];
    const message = `Forbidden: node updates may not change ${name} except from "" to valid`;
    const field = name === 'podCIDR' ? 'spec.podCIDRs' : `spec.${name}`;
    return [{ reason: 'FieldValueForbidden', field, message }];
  });
}

const fixedFields: Record<string, readonly string[]> = {
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.podManagementPolicy'],
  Job: ['spec.selector', 'spec.template', 'spec.completions'],
  Pod: ['spec.nodeName', 'spec.hostNetwork', 'spec.serviceAccountName', 'spec.restartPolicy'],
  Secret: ['type'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  CustomResourceDefinition: ['spec.group', 'spec.names.plural', 'spec.names.kind', 'spec.scope'],
};

function required(field: string): Cause {
  return { reason: 'FieldValueRequired', field, message: 'Required value' };
}

function invalidValue(field: string, value: unknown, why: string): Cause {
  const message = `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`;
  return { reason: 'FieldValueInvalid', field, message };
}

function selectorCauses(object: JsonObject): Cause[] {
  const selector = objectOr(valueAt(object, ['spec', 'selector'])) as LabelSelector;
  const labels = objectOr(valueAt(object, ['spec', 'template', 'metadata', 'labels'])) as Labels;
  const conditions =
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  if (conditions === 0) {
    return [invalidValue('spec.selector', selector, 'empty selector is invalid for deployment')];
  }
  if (selects(selector, labels)) return [];
  const why = '`selector` does not match template `labels`';
  return [invalidValue('spec.template.metadata.labels', labels, why)];
}

function podCauses(spec: unknown, path: string): Cause[] {
  const volumes = new Set(listOr(valueAt(spec, ['volumes'])).map((item) => objectOr(item)['name']));
  return ['initContainers', 'containers'].flatMap((field) =>
    listOr(valueAt(spec, [field])).flatMap((item, index) => {
      const container = objectOr(item);
      const here = `${path}.${field}[${index}]`;
      const image = stringOr(container['image']) === '' ? [required(`${here}.image`)] : [];
      const mounts = listOr(container['volumeMounts']).flatMap((mount, at) => {
        const name = objectOr(mount)['name'];
        if (volumes.has(name)) return [];
        const message = `Not found: ${JSON.stringify(name)}`;
        const where = `${here}.volumeMounts[${at}].name`;
        return [{ reason: 'FieldValueNotFound', field: where, message }];
      });
      return [...image, ...mounts, ...resourceCauses(container, here)];
    }),
  );
}

function jobCauses(object: JsonObject): Cause[] {
  const spec = valueAt(object, ['spec', 'template', 'spec']);
  const policy = valueAt(spec, ['restartPolicy']);
  const field = 'spec.template.spec.restartPolicy';
  const wrong: Cause[] =
    policy === 'Never' || policy === 'OnFailure'
      ? []
      : [
          {
            reason: 'FieldValueNotSupported',
            field,
            message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "OnFailure", "Never"`,
          },
        ];
  return [...wrong, ...podCauses(spec, 'spec.template.spec')];
}

function serviceCauses(object: JsonObject): Cause[] {
  const spec = objectOr(object['spec']);
  const isPortless = spec['type'] === 'ExternalName' || spec['clusterIP'] === 'None';
  return isPortless || listOr(spec['ports']).length > 0 ? [] : [required('spec.ports')];
}

function claimCauses(object: JsonObject): Cause[] {
  const spec = objectOr(object['spec']);
  const modes = listOr(spec['accessModes']).length > 0;
  const size = valueAt(spec, ['resources', 'requests', 'storage']) !== undefined;
  const message = 'Required value: at least 1 access mode is required';
  return [
    ...(modes ? [] : [{ ...required('spec.accessModes'), message }]),
    ...(size ? [] : [required('spec.resources[storage]')]),
  ];
}

function secretCauses(object: JsonObject): Cause[] {
  return Object.entries(objectOr(object['data'])).flatMap(([key, value]) => {
    const content = stringOr(value);
    const isBase64 = Buffer.from(content, 'base64').toString('base64') === content;
    return isBase64 ? [] : [invalidValue(`data[${key}]`, '<redacted>', 'illegal base64 data')];
  });
}

function budgetCauses(object: JsonObject): Cause[] {
  const spec = objectOr(object['spec']);
  if (spec['minAvailable'] === undefined || spec['maxUnavailable'] === undefined) return [];
  return [invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set')];
}

// apiextensions-apiserver 1.34, validation.go: groups of the project itself.
function approvalCauses(object: JsonObject): Cause[] {
  const group = stringOr(valueAt(object, ['spec', 'group']));
  const annotation = 'api-approved.kubernetes.io';
  const isOwn = /(^|\.)(k8s|kubernetes)\.io$/.test(group);
  const approval = valueAt(object, ['metadata', 'annotations', annotation]);
  if (!isOwn || (typeof approval === 'string' && /^(https?:|unapproved)/.test(approval))) return [];
  const message = `Required value: protected groups must have approval annotation "${annotation}", see https://github.com/kubernetes/enhancements/pull/1111`;
  return [{ reason: 'FieldValueRequired', field: `metadata.annotations[${annotation}]`, message }];
}

function definitionCauses(object: JsonObject): Cause[] {
  const spec = objectOr(object['spec']);
  const wanted = `${stringOr(valueAt(spec, ['names', 'plural']))}.${stringOr(spec['group'])}`;
  const name = valueAt(object, ['metadata', 'name']);
  const versions = listOr(spec['versions']).filter(isObject);
  const causes: Cause[] = [...approvalCauses(object)];
  if (name !== wanted) {
    causes.push(invalidValue('metadata.name', name, `must be spec.names.plural+"."+spec.group`));
  }
  if (spec['scope'] !== 'Cluster' && spec['scope'] !== 'Namespaced') {
    causes.push(required('spec.scope'));
  }
  if (versions.filter((version) => version['storage'] === true).length !== 1) {
    const why = 'must have exactly one version marked as storage version';
    causes.push(
      invalidValue(
        'spec.versions',
        versions.map((item) => item['name']),
        why,
      ),
    );
  }
  for (const [index, version] of versions.entries()) {
    if (valueAt(version, ['schema', 'openAPIV3Schema']) !== undefined) continue;
    const message = 'Required value: schemas are required';
    const field = `spec.versions[${index}].schema.openAPIV3Schema`;
    causes.push({ reason: 'FieldValueRequired', field, message });
  }
  return causes;
}
