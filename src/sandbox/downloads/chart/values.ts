/** The chart's `values.yaml`: the keys that the stand-in reads, with the real chart's defaults. */
export function values(version: string): string {
  return `image: {repository: quay.io/cilium/cilium, tag: v${version}, pullPolicy: IfNotPresent}
debug: {enabled: false}
commonLabels: {}
imagePullSecrets: []

k8sServiceHost: ""
k8sServicePort: ""
k8s: {requireIPv4PodCIDR: false, requireIPv6PodCIDR: false}
cluster: {name: default, id: 0}
ipam: {mode: cluster-pool}
ipv4: {enabled: true}
ipv6: {enabled: false}

routingMode: ""
tunnelProtocol: ""
ipv4NativeRoutingCIDR: ""
autoDirectNodeRoutes: false
MTU: 0
bpf: {masquerade: null, hostLegacyRouting: null}
kubeProxyReplacement: "false"
kubeProxyReplacementHealthzBindAddr: ""
loadBalancer: {acceleration: disabled, mode: snat}
nodeIPAM: {enabled: false}
defaultLBServiceIPAM: lbipam
encryption: {enabled: false, type: ipsec, nodeEncryption: false}
prometheus: {enabled: false, port: 9962}

cgroup: {autoMount: {enabled: true}, hostRoot: /run/cilium/cgroupv2}
securityContext:
  privileged: false
  capabilities:
    ciliumAgent: [${agentCapabilities.join(', ')}]
    cleanCiliumState: [NET_ADMIN, SYS_MODULE, SYS_ADMIN, SYS_RESOURCE]

rollOutCiliumPods: false
updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2}}
tolerations: [{operator: Exists}]
nodeSelector: {kubernetes.io/os: linux}
resources: {}
podAnnotations: {}
podLabels: {}
extraArgs: []

envoy:
  enabled: null
  image: {repository: quay.io/cilium/cilium-envoy, tag: v${version}, pullPolicy: IfNotPresent}
  rollOutPods: false
  tolerations: [{operator: Exists}]
  nodeSelector: {kubernetes.io/os: linux}
  resources: {}

operator:
  enabled: true
  replicas: 2
  image: {repository: quay.io/cilium/operator, tag: v${version}, suffix: "", pullPolicy: IfNotPresent}
  rollOutPods: false
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 50%}}
  nodeSelector: {kubernetes.io/os: linux}
  tolerations:
${operatorTolerations(version)}
  resources: {}
  podAnnotations: {}
  prometheus: {enabled: true, port: 9963}

hubble:
  enabled: true
  tls:
    enabled: true
    auto: {enabled: true, method: helm, certValidityDuration: 365, schedule: "0 0 1 */4 *"}
  relay:
    enabled: false
    replicas: 1
    image: {repository: quay.io/cilium/hubble-relay, tag: v${version}, pullPolicy: IfNotPresent}
    rollOutPods: false
    tolerations: []
    nodeSelector: {kubernetes.io/os: linux}
  ui:
    enabled: false
    replicas: 1
    tolerations: []
    nodeSelector: {kubernetes.io/os: linux}

gatewayAPI:
  enabled: false
  enableProxyProtocol: false
  enableAppProtocol: false
  enableAlpn: false
  xffNumTrustedHops: 0
  externalTrafficPolicy: Cluster
  gatewayClass: {create: auto}
  secretsNamespace: {create: true, name: cilium-secrets, sync: true}
  hostNetwork: {enabled: false}
`;
}

const agentCapabilities = [
  ...['CHOWN', 'KILL', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'SYS_MODULE', 'SYS_ADMIN'],
  ...['SYS_RESOURCE', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
];

// Since 1.18 the operator tolerates a list, so own taints on control planes keep it away
// (Cilium 1.18 upgrade notes).
function operatorTolerations(version: string): string {
  if (version.startsWith('1.17.')) return '    - operator: Exists';
  const keys = [
    'node-role.kubernetes.io/control-plane',
    'node-role.kubernetes.io/master',
    'node.kubernetes.io/not-ready',
    'node.cloudprovider.kubernetes.io/uninitialized',
    'node.cilium.io/agent-not-ready',
  ];
  return keys.map((key) => `    - {key: ${key}, operator: Exists}`).join('\n');
}
