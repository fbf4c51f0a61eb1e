/**
 * How long things take in the simulated world, in simulated seconds. One table: what a rehearsal
 * shows as elapsed time comes from here. Sources: facts of issue logs, Terraform logs and peers.
 */
export const timings = {
  createServer: 20,
  startServer: 8,
  stopServer: 5,
  shutdownServer: 8,
  rebootServer: 10,
  rebuildServer: 20,
  changeServerType: 30,
  deleteServer: 7,
  /** After a deleted server's action ended: until its firewall use and addresses are free. */
  releaseLag: 3,
  attachToNetwork: 4,
  detachFromNetwork: 3,
  addSubnet: 2,
  setFirewallRules: 1,
  applyFirewall: 3,
  createVolume: 3,
  attachVolume: 3,
  createLoadBalancer: 10,
  loadBalancerChange: 3,
  /** Assumed: it is an action since 2026-10-05, and nobody published a duration. */
  deleteLoadBalancer: 7,
  issueCertificate: 30,
  createImage: 60,
  /** From power on until sshd answers. Assumed: hcloud-upload-image tries for three minutes at most. */
  rescueBoot: 35,
  linuxBoot: 20,
  /** Assumed: a download, xz on one processor and the write to the disk, for a whole image. */
  imageTransfer: 40,
  /** Assumed: an image that nobody asked the Image Factory for before. It gives itself 20 minutes at most (asset.go). */
  factoryBuild: 75,
  /** Official description, enable_rescue: it is disabled when it is not used for 60 minutes. */
  rescueLapse: 60 * 60,
  otherAction: 2,
  /** From power on to an answering Talos API. */
  boot: 45,
  /** From started services to a running CRI, which etcd waits for. */
  etcdConditions: 2,
  etcdImagePull: 5,
  /** Six tries for an image that is not there (Talos source, containers/image/image.go; go-retry). */
  etcdImageMissing: 130,
  /** Talos source, constants.go: EtcdJoinTimeout. */
  etcdJoinTimeout: 30 * 60,
  /** Talos source, constants.go: BootTimeout; then it counts down from ten and reboots. */
  bootTimeout: 70 * 60 + 10,
  /** Talos source, services/etcd.go and runner/restart: first check, pause after a crash. */
  etcdFirstCheck: 5,
  etcdRestart: 5,
  /** From bootstrap to a running etcd of one member. */
  etcdBootstrap: 10,
  /**
   * From a member's addition to its vote; one at a time. Talos asks for the vote at once, when no member
   * is ready for it, and then every fifteen seconds (its sources 1.11.0 to 1.14.0-rc.1, services/etcd.go,
   * `promoteMember`).
   */
  etcdJoin: 15,
  /** From bootstrap to an answering Kubernetes API on the first control plane. */
  kubernetesApi: 40,
  /** From an answering Kubernetes API (or a boot after it) to a registered node. */
  kubeletRegister: 10,
  /** From scheduling to a ready container: image pull and start. */
  ciliumAgent: 25,
  imagePull: 5,
  /** From scheduling to a ready container when the node has its image already. */
  podStart: 2,
  /** How long a pod works that is not restarted. */
  taskRun: 3,
  /** How long a deleted pod stays Terminating, at most as long as it may. */
  podStop: 3,
  /** From the deletion of a namespace until its controller begins with what is in it. */
  namespaceGrace: 5,
  /** Without a sign of life for this long, a node is NotReady. */
  nodeGracePeriod: 40,
  /** From the reset call to a machine that is off, after services stopped. */
  wipe: 15,
  crdEstablish: 1,
} as const;

/** A duration of the table in milliseconds. */
export function durationOf(name: keyof typeof timings): number {
  return timings[name] * 1_000;
}
