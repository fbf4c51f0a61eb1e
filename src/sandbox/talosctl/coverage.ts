import type { Coverage } from '../coverage.js';

/** How far the stand-in for talosctl, and the nodes that it speaks to, go. */
export const talosCoverage: readonly Coverage[] = [
  {
    subject: '`talosctl gen secrets`, `gen config`, certificates',
    how: 'simplified',
    note: 'Real keys and certificates. Configurations have the layout of Talos 1.13 at most, also for 1.14, and no comments.',
  },
  {
    subject:
      'Patches and documents of machine configuration, `talosctl machineconfig patch`, `validate`',
    how: 'simulated',
    note: 'All kinds of documents that Talos 1.12, 1.13 and 1.14 know, each with the versions that have it; types, choices, sizes, durations, addresses, expressions and the rules of each kind, in the words of Talos 1.13.9 and 1.14.0-rc.1. JSON patches are refused as the real one refuses them.',
  },
  {
    subject: 'Expressions (CEL) in selectors of disks, volumes and links, and about memory',
    how: 'simplified',
    note: 'Names, fields and types are checked as Talos checks them; a syntax error is refused with other words, and no expression is evaluated.',
  },
  {
    subject: 'OCI runtime specifications (`baseRuntimeSpecOverrides`, `CRIBaseRuntimeSpecConfig`)',
    how: 'simplified',
    note: 'Taken as they are; Talos refuses fields of the wrong type.',
  },
  {
    subject: 'Roles of client certificates, `talosctl config new`',
    how: 'simulated',
    note: 'Each call is allowed to the roles that Talos 1.13 allows it to, and secrets to administrators only.',
  },
  {
    subject: 'Names and addresses in the certificate of the Talos API',
    how: 'simplified',
    note: "Looked at by the client: the node's own addresses, its hostname and `machine.certSANs`. Names in the certificates of control planes lead to the first of them; load balancers and floating IPs lead to no Talos API.",
  },
  {
    subject: 'The metadata service at 169.254.169.254',
    how: 'simplified',
    note: 'Nodes boot with their user data and their name from it; nothing else in the sandbox can ask it.',
  },
  {
    subject: 'What a document makes a node do',
    how: 'stored only',
    note: 'Nodes act on their role, secrets, names, addresses, labels, taints, kubelet and etcd; volumes, links, mirrors and all else are read and kept.',
  },
  {
    subject: 'The Image Factory',
    how: 'simplified',
    note: 'Registers schematics of extensions and kernel arguments under their real ids, lists some of the extensions, and makes disk images: small ones, packed as xz does it. It knows Talos as it is, what was posted to it and the ids of cluster.yaml, and has no other image. It leads to where an image lies, and makes one, which takes a while, when somebody asks for it first. A rehearsal begins in a project without snapshots, so the first create builds its image; only the one that `talos.hcloud_snapshot_id` names is there. `talos.image_url` is not asked: the factory stands for every mirror.',
  },
  {
    subject: 'SSH and the rescue system',
    how: 'simplified',
    note: 'A real SSH server for each machine that runs Linux, with a host key of its own, for the keys that it was given and the addresses that its firewalls let in. Its shell knows pipes and the tools that write an image, which act on the disk of the simulated server; what it does not know it refuses as bash does. A connection ends with the power of its machine, at once and not after a while without an answer; each rescue system has a new host key. There is no login with a password, and `curl` knows its limits of time and speed, but the network has one speed.',
  },
];
