import type { ResourceType } from './resource-type.js';
import { builtinSchema } from './schemas/builtin.js';

// What kube-apiserver 1.34.1 serves by default, in its order. group/version, then lines of: plural Kind
// [n: namespaced] [s: status] [r: review] [o: read only] [a, e: categories] [short names] [+subresources]
const table = `
v1
  bindings Binding nr
  componentstatuses ComponentStatus o cs
  configmaps ConfigMap n cm
  endpoints Endpoints n ep
  events Event n ev
  limitranges LimitRange n limits
  namespaces Namespace s ns +finalize
  nodes Node s no +proxy
  persistentvolumeclaims PersistentVolumeClaim ns pvc
  persistentvolumes PersistentVolume s pv
  pods Pod nsa po +attach +binding +ephemeralcontainers +eviction +exec +log +portforward +proxy +resize
  podtemplates PodTemplate n
  replicationcontrollers ReplicationController nsa rc +scale
  resourcequotas ResourceQuota ns quota
  secrets Secret n
  serviceaccounts ServiceAccount n sa +token
  services Service nsa svc +proxy
apiregistration.k8s.io/v1
  apiservices APIService se
apps/v1
  controllerrevisions ControllerRevision n
  daemonsets DaemonSet nsa ds
  deployments Deployment nsa deploy +scale
  replicasets ReplicaSet nsa rs +scale
  statefulsets StatefulSet nsa sts +scale
events.k8s.io/v1
  events Event n ev
authentication.k8s.io/v1
  selfsubjectreviews SelfSubjectReview r
  tokenreviews TokenReview r
authorization.k8s.io/v1
  localsubjectaccessreviews LocalSubjectAccessReview nr
  selfsubjectaccessreviews SelfSubjectAccessReview r
  selfsubjectrulesreviews SelfSubjectRulesReview r
  subjectaccessreviews SubjectAccessReview r
autoscaling/v2
  horizontalpodautoscalers HorizontalPodAutoscaler nsa hpa
autoscaling/v1
  horizontalpodautoscalers HorizontalPodAutoscaler nsa hpa
batch/v1
  cronjobs CronJob nsa cj
  jobs Job nsa
certificates.k8s.io/v1
  certificatesigningrequests CertificateSigningRequest s csr +approval
networking.k8s.io/v1
  ingressclasses IngressClass -
  ingresses Ingress ns ing
  ipaddresses IPAddress - ip
  networkpolicies NetworkPolicy n netpol
  servicecidrs ServiceCIDR s
policy/v1
  poddisruptionbudgets PodDisruptionBudget ns pdb
rbac.authorization.k8s.io/v1
  clusterrolebindings ClusterRoleBinding -
  clusterroles ClusterRole -
  rolebindings RoleBinding n
  roles Role n
storage.k8s.io/v1
  csidrivers CSIDriver -
  csinodes CSINode -
  csistoragecapacities CSIStorageCapacity n
  storageclasses StorageClass - sc
  volumeattachments VolumeAttachment s
  volumeattributesclasses VolumeAttributesClass - vac
admissionregistration.k8s.io/v1
  mutatingwebhookconfigurations MutatingWebhookConfiguration e
  validatingadmissionpolicies ValidatingAdmissionPolicy se
  validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding e
  validatingwebhookconfigurations ValidatingWebhookConfiguration e
apiextensions.k8s.io/v1
  customresourcedefinitions CustomResourceDefinition se crd,crds
scheduling.k8s.io/v1
  priorityclasses PriorityClass - pc
coordination.k8s.io/v1
  leases Lease n
node.k8s.io/v1
  runtimeclasses RuntimeClass -
discovery.k8s.io/v1
  endpointslices EndpointSlice n
resource.k8s.io/v1
  deviceclasses DeviceClass -
  resourceclaims ResourceClaim ns
  resourceclaimtemplates ResourceClaimTemplate n
  resourceslices ResourceSlice -
flowcontrol.apiserver.k8s.io/v1
  flowschemas FlowSchema s
  prioritylevelconfigurations PriorityLevelConfiguration s
`;

/** The kinds that every cluster serves. */
export function builtinTypes(): ResourceType[] {
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
    const identity = { group, version, kind };
    types.push({
      ...identity,
      plural: first,
      singular: kind.toLowerCase(),
      namespaced: flags.includes('n'),
      shortNames: rest.filter((item) => !item.startsWith('+')).flatMap((item) => item.split(',')),
      categories: [
        ...(flags.includes('a') ? ['all'] : []),
        ...(flags.includes('e') ? ['api-extensions'] : []),
      ],
      hasStatus,
      subresources: [...subresources, ...(hasStatus ? ['status'] : [])],
      review: flags.includes('r'),
      readOnly: flags.includes('o'),
      // Made when it is first asked for: most kinds are never written.
      get schema() {
        return builtinSchema(identity);
      },
    });
  }
  return types;
}
