import { builtinSchema } from './schemas/builtin.js';
import type { Schema } from './schemas/schema.js';

/** One kind of object that the API serves, in one version of its group. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Its status is written at `/status` and ignored elsewhere. */
  readonly hasStatus: boolean;
  readonly subresources: readonly string[];
  /** Can only be posted, and is answered instead of stored. */
  readonly review: boolean;
  readonly schema: Schema;
  /** The columns that a custom resource definition adds to tables. */
  readonly printerColumns?: readonly PrinterColumn[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

/** `name` in the store: the same for all versions of a group. */
export function storeKey(type: Pick<ResourceType, 'group' | 'plural'>): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}

export function apiVersionOf(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

// group/version, then lines of: plural Kind [n: namespaced] [s: status] [r: review] [short names] [+subresources]
const table = `
v1
  configmaps ConfigMap n cm
  endpoints Endpoints n ep
  events Event n ev
  limitranges LimitRange n limits
  namespaces Namespace s ns +finalize
  nodes Node s no
  persistentvolumeclaims PersistentVolumeClaim ns pvc
  persistentvolumes PersistentVolume s pv
  pods Pod ns po +eviction +log
  podtemplates PodTemplate n
  replicationcontrollers ReplicationController ns rc
  resourcequotas ResourceQuota ns quota
  secrets Secret n
  serviceaccounts ServiceAccount n sa
  services Service ns svc
apps/v1
  controllerrevisions ControllerRevision n
  daemonsets DaemonSet ns ds
  deployments Deployment ns deploy +scale
  replicasets ReplicaSet ns rs +scale
  statefulsets StatefulSet ns sts +scale
batch/v1
  cronjobs CronJob ns cj
  jobs Job ns
rbac.authorization.k8s.io/v1
  clusterrolebindings ClusterRoleBinding -
  clusterroles ClusterRole -
  rolebindings RoleBinding n
  roles Role n
policy/v1
  poddisruptionbudgets PodDisruptionBudget ns pdb
apiextensions.k8s.io/v1
  customresourcedefinitions CustomResourceDefinition s crd,crds
apiregistration.k8s.io/v1
  apiservices APIService s
storage.k8s.io/v1
  csidrivers CSIDriver -
  csinodes CSINode -
  csistoragecapacities CSIStorageCapacity n
  storageclasses StorageClass - sc
  volumeattachments VolumeAttachment s
networking.k8s.io/v1
  ingressclasses IngressClass -
  ingresses Ingress ns ing
  networkpolicies NetworkPolicy n netpol
scheduling.k8s.io/v1
  priorityclasses PriorityClass - pc
coordination.k8s.io/v1
  leases Lease n
discovery.k8s.io/v1
  endpointslices EndpointSlice n
events.k8s.io/v1
  events Event n ev
autoscaling/v2
  horizontalpodautoscalers HorizontalPodAutoscaler ns hpa
admissionregistration.k8s.io/v1
  mutatingwebhookconfigurations MutatingWebhookConfiguration -
  validatingadmissionpolicies ValidatingAdmissionPolicy s
  validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding -
  validatingwebhookconfigurations ValidatingWebhookConfiguration -
certificates.k8s.io/v1
  certificatesigningrequests CertificateSigningRequest s csr +approval
node.k8s.io/v1
  runtimeclasses RuntimeClass -
authentication.k8s.io/v1
  selfsubjectreviews SelfSubjectReview r
authorization.k8s.io/v1
  selfsubjectaccessreviews SelfSubjectAccessReview r
`;

const inCategoryAll =
  /^(?:pods|services|replicationcontrollers|\w+sets|deployments|\w*jobs|horizontal\w+)$/;

function builtinTypes(): ResourceType[] {
  const types: ResourceType[] = [];
  let [group, version] = ['', 'v1'];
  for (const line of table.trim().split('\n')) {
    const [first = '', kind, flags = '', ...rest] = line.trim().split(' ');
    if (kind === undefined) {
      const parts = first.split('/');
      version = parts.pop() ?? '';
      group = parts.pop() ?? '';
      continue;
    }
    const hasStatus = flags.includes('s');
    const subresources = rest.filter((item) => item.startsWith('+')).map((item) => item.slice(1));
    types.push({
      group,
      version,
      plural: first,
      singular: kind.toLowerCase(),
      kind,
      namespaced: flags.includes('n'),
      shortNames: rest.filter((item) => !item.startsWith('+')).flatMap((item) => item.split(',')),
      categories: inCategoryAll.test(first) ? ['all'] : [],
      hasStatus,
      subresources: [...subresources, ...(hasStatus ? ['status'] : [])],
      review: flags.includes('r'),
      schema: builtinSchema(kind),
    });
  }
  return types;
}

const builtin = builtinTypes();

/** Finds what is served: the built-in kinds and those of established definitions. */
export class ResourceCatalogue {
  #custom: readonly ResourceType[] = [];

  setCustom(types: readonly ResourceType[]): void {
    this.#custom = types;
  }

  all(): readonly ResourceType[] {
    return [...builtin, ...this.#custom];
  }

  find(group: string, version: string, plural: string): ResourceType | undefined {
    const matches = (type: ResourceType): boolean =>
      type.plural === plural && type.group === group && type.version === version;
    return builtin.find(matches) ?? this.#custom.find(matches);
  }
}

/** A built-in type by its name in the store. */
export function builtinType(key: string): ResourceType {
  const found = builtin.find((type) => storeKey(type) === key);
  if (!found) throw new Error(`no built-in resource ${key}`);
  return found;
}

export function isBuiltinGroup(group: string): boolean {
  return builtin.some((type) => type.group === group);
}
