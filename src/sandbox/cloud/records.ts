import type { Labels } from './labels.js';

export type Architecture = 'x86' | 'arm';

/** What every labelled resource has. Times are simulated ms since the epoch. */
interface Resource {
  readonly id: number;
  name: string;
  readonly created: number;
  labels: Labels;
}

/** A whole Talos image, at the beginning of a disk. */
export interface TalosDisk {
  readonly talosVersion: string;
  readonly architecture: Architecture;
  /** The id of what it has beyond Talos; nothing unless given. */
  readonly schematic?: string;
}

/** What was written to the beginning of a disk and is no Talos image; nothing is behind it. */
interface WrittenDisk {
  /** Base64; only faults make it long. */
  readonly bytes: string;
}

/** What is on a disk; null: an ordinary system of Hetzner's. */
export type DiskContent = TalosDisk | WrittenDisk | null;

type ServerStatus =
  | 'initializing'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'off'
  | 'deleting'
  | 'rebuilding'
  | 'migrating';

export interface PrivateNet {
  readonly network: number;
  readonly ip: string;
  aliasIps: readonly string[];
  readonly mac: string;
  /** False while the attachment is under way: the address is taken, but not yet shown. */
  attached: boolean;
}

interface AppliedFirewall {
  readonly firewall: number;
  /** Applied through a label selector instead of by name. */
  readonly bySelector: boolean;
  applied: boolean;
  /** When a selector's application takes effect; null when an action does it. */
  appliesAt: number | null;
}

export interface ServerRecord extends Resource {
  status: ServerStatus;
  serverType: string;
  readonly location: string;
  imageId: number;
  disk: DiskContent;
  /** GB; the type's own unless a change of the type left it as it was. */
  diskGb?: number;
  /** When its disk was last written anew, simulated ms. */
  rebuiltAt?: number;
  userData: string;
  /** When daily backups would be made, as `22-02`. */
  backupWindow?: string;
  protection: boolean;
  /** Public keys that the system of its image was given. */
  sshKeys: readonly string[];
  /** The next boot goes to the rescue system, with these keys, unless it comes too late. */
  rescueNext: { readonly sshKeys: readonly string[]; readonly until: number } | null;
  /** The keys of the rescue system that runs. */
  rescueKeys?: readonly string[];
  /** The present boot went to the rescue system. */
  inRescue: boolean;
  poweredOnAt: number | null;
  /** When an ACPI shutdown will have ended. */
  offAt: number | null;
  ipv4: number | null;
  ipv6: number | null;
  privateNets: PrivateNet[];
  firewalls: AppliedFirewall[];
  placementGroup: number | null;
  /** The number of its host in its location, from 1. */
  host: number;
}

export interface SubnetRecord {
  readonly type: 'cloud' | 'server' | 'vswitch';
  readonly ipRange: string;
  readonly networkZone: string;
  /** False while the action that adds it runs. */
  usable: boolean;
}

export interface NetworkRecord extends Resource {
  ipRange: string;
  subnets: SubnetRecord[];
  routes: { readonly destination: string; readonly gateway: string }[];
  protection: boolean;
  exposeRoutes: boolean;
  /** Addresses of deleted servers that are not free again yet. */
  releasing: { readonly ip: string; readonly until: number }[];
}

export interface FirewallRule {
  readonly direction: 'in' | 'out';
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'esp' | 'gre';
  readonly port: string | null;
  readonly source_ips: readonly string[];
  readonly destination_ips: readonly string[];
  readonly description: string | null;
}

export interface FirewallRecord extends Resource {
  rules: readonly FirewallRule[];
  selectors: string[];
  /** Deleted servers that still count as a use of it. */
  releasing: { readonly server: number; readonly until: number }[];
}

export interface SshKeyRecord extends Resource {
  readonly fingerprint: string;
  readonly publicKey: string;
}

export interface PlacementGroupRecord extends Resource {
  readonly type: 'spread';
}

export interface ImageRecord {
  readonly id: number;
  type: 'system' | 'snapshot' | 'backup';
  /** The server whose backup it is. */
  boundTo?: number;
  status: 'available' | 'creating' | 'unavailable';
  /** Null for snapshots, which have only a description. */
  readonly name: string | null;
  description: string;
  readonly created: number;
  readonly createdFrom: { readonly id: number; readonly name: string } | null;
  labels: Labels;
  readonly architecture: Architecture;
  /** GB, of the server it was taken from; a server needs at least as much. */
  readonly diskSize: number;
  /** GB */
  imageSize: number | null;
  readonly osFlavor: 'ubuntu' | 'debian';
  readonly osVersion: string | null;
  protection: boolean;
  /** What a disk holds that it is written to. */
  readonly content: DiskContent;
  /** Its action ends, and it stays as it is: a fault. */
  readonly stalled?: boolean;
}

/** Who has public addresses whose names in the reverse DNS can be set. */
export interface Addressed {
  readonly type: 'ipv4' | 'ipv6';
  /** An IPv4 address, or the base address of a /64. */
  readonly address: string;
  /** Names that were set, by address. */
  reverse?: Readonly<Record<string, string>>;
}

export interface PrimaryIpRecord extends Resource, Addressed {
  readonly location: string;
  autoDelete: boolean;
  protection: boolean;
  server: number | null;
  /** The load balancer that has it instead of a server. */
  loadBalancer?: number;
}

export interface FloatingIpRecord extends Resource, Addressed {
  readonly location: string;
  description: string | null;
  protection: boolean;
  server: number | null;
}

export interface VolumeRecord extends Resource {
  readonly location: string;
  size: number;
  status: 'creating' | 'available';
  readonly format: string | null;
  protection: boolean;
  server: number | null;
}

/** A certificate for load balancers; its private key is not kept. */
export interface CertificateRecord extends Resource {
  readonly type: 'uploaded' | 'managed';
  /** Null while it was not issued. */
  readonly pem: string | null;
  readonly domainNames: readonly string[];
  issuance: 'pending' | 'completed' | 'failed';
}

export type ResourceType =
  | 'server'
  | 'image'
  | 'volume'
  | 'network'
  | 'firewall'
  | 'load_balancer'
  | 'placement_group'
  | 'primary_ip'
  | 'floating_ip'
  | 'certificate';

export interface ResourceRef {
  readonly id: number;
  readonly type: ResourceType;
}
