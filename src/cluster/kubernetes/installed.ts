import type { GatewayDefinition } from './gateway-api.js';
import type { ManifestState } from './manifests.js';
import type { HelmValues } from '../../addons/addon.js';

/** An addon beside Cilium and the Gateway API that is wanted, or there all the same. */
export interface InstalledAddon {
  readonly name: string;
  /** The version that cluster.yaml wants; undefined: it is switched off. */
  readonly wanted: string | undefined;
  /** Of its release, in helm's word: `deployed`; undefined: there is none. */
  readonly status: string | undefined;
  /** The version of its chart that is there. */
  readonly version: string | undefined;
  /** It is deployed as cluster.yaml wants it. */
  readonly same: boolean;
  /** Only for as long as an addon that nodes have to be made for is not there. */
  readonly meanwhile?: boolean;
}

/** What oxide installs in Kubernetes, as it is there. */
export interface InstalledCharts {
  /** Undefined: there is no release, or none that is deployed. */
  readonly cilium: { readonly version: string; readonly values: HelmValues } | undefined;
  /** The release that all of the Gateway API's definitions are of; undefined: not all are there, or they are mixed. */
  readonly gatewayApi: string | undefined;
  /** Those of the Gateway API's definitions that Cilium needs, as far as they are there. */
  readonly definitions: readonly GatewayDefinition[];
  readonly addons: readonly InstalledAddon[];
  /** The user's own, those that are wanted first. */
  readonly manifests: readonly ManifestState[];
  /** The policy that keeps pods from the metadata service. */
  readonly metadataBlocked: boolean;
}
