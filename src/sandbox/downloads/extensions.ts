/** Some of the official system extensions (siderolabs/extensions, release for Talos 1.13). */
export const extensions: Readonly<Record<string, string>> = {
  'siderolabs/amd-ucode': 'microcode of AMD processors',
  'siderolabs/binfmt-misc': 'programs of other architectures',
  'siderolabs/btrfs': 'the file system btrfs',
  'siderolabs/crun': 'the container runtime crun',
  'siderolabs/drbd': 'replicated block devices',
  'siderolabs/fuse3': 'file systems in user space',
  'siderolabs/gvisor': 'the container runtime gVisor',
  'siderolabs/hello-world-service': 'an example of a service',
  'siderolabs/intel-ucode': 'microcode of Intel processors',
  'siderolabs/iscsi-tools': 'the iSCSI initiator',
  'siderolabs/kata-containers': 'the container runtime Kata',
  'siderolabs/mdadm': 'software RAID',
  'siderolabs/nfsd': 'the NFS server',
  'siderolabs/qemu-guest-agent': 'the guest agent of QEMU',
  'siderolabs/spin': 'the container runtime Spin',
  'siderolabs/stargz-snapshotter': 'images that are pulled lazily',
  'siderolabs/tailscale': 'the mesh network Tailscale',
  'siderolabs/util-linux-tools': 'nsenter and fstrim',
  'siderolabs/wasmedge': 'the runtime WasmEdge',
  'siderolabs/youki': 'the container runtime Youki',
  'siderolabs/zfs': 'the file system ZFS',
};

/** Whether the factory has an extension of this name. */
export function isExtension(name: string): boolean {
  return name in extensions;
}
