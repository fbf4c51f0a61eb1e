import type { AddonKey, ClusterConfig } from '../config/schema.js';

/** Values of a helm chart: plain data. */
export type HelmValues = Readonly<Record<string, unknown>>;

/** What values are made of beside cluster.yaml. */
export interface AddonFacts {
  /** Says which token the controllers have without telling it: another one restarts them. */
  readonly tokenMark: string | undefined;
}

/** What every addon says of itself. */
interface AboutAddon {
  /** As on the command line: `hcloud-ccm`. */
  readonly name: string;
  /** As in a sentence: `the cloud controller of Hetzner`. */
  readonly title: string;
  /** Without it the cluster is of no use: its failure is the run's. Otherwise it is a warning. */
  readonly core: boolean;
  /** Names of those that have to be there first. */
  readonly needs: readonly string[];
  readonly about: {
    readonly purpose: string;
    readonly cost: string;
    readonly remarks: string;
    /** What its removal leaves, beside what Hetzner can be asked for. */
    readonly stays?: string;
  };
}

/** One that is a release of helm. */
export interface ChartAddon extends AboutAddon {
  readonly kind: 'chart';
  /** Its section in cluster.yaml below `addons`; undefined: it is always there, or one of the user's. */
  readonly key: AddonKey | undefined;
  readonly release: string;
  readonly namespace: string;
  /** What its namespace has to allow beyond the `baseline` of Talos. */
  readonly podSecurity?: 'privileged' | 'baseline' | 'restricted';
  /** Each as `daemonset/cilium`: it works when all of them do. */
  readonly workloads: readonly string[];
  readonly values: (config: ClusterConfig, facts: AddonFacts) => HelmValues;
  /** Paths of values that no user value replaces, because Talos or Hetzner need oxide's. */
  readonly protectedKeys: readonly string[];
  /** A definition that has to be there before, and that others than helm bring. */
  readonly definition?: string;
  /** It reads the Secret with Hetzner's token. */
  readonly usesToken?: true;
  /** What nodes have to be made with for it. */
  readonly machine?: MachineNeeds;
}

/** Parts of the machine configuration, as strategic-merge patches. */
export interface MachineNeeds {
  /** In a few words, for differences of nodes that were made without: `external cloud provider`. */
  readonly what: string;
  readonly allNodes: object;
  readonly controlPlanes?: object;
  /** Whether a node has it, by what its machine configuration says. */
  readonly isIn: (parts: MachineParts, isControlPlane: boolean) => boolean;
}

/** What of a machine configuration addons may need. */
export interface MachineParts {
  readonly externalCloudProvider: boolean;
  readonly serverCertificates: boolean;
  readonly talosApiAccess: boolean;
}

/** One that is a bundle of definitions: the Gateway API. */
export interface DefinitionsAddon extends AboutAddon {
  readonly kind: 'definitions';
}

export type Addon = ChartAddon | DefinitionsAddon;
