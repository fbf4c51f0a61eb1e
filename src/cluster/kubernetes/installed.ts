import type { GatewayDefinition } from './gateway-api.js';
import type { HelmValues } from './cilium-values.js';

/** What oxide installs in Kubernetes, as it is there. */
export interface InstalledCharts {
  /** Undefined: there is no release, or none that is deployed. */
  readonly cilium: { readonly version: string; readonly values: HelmValues } | undefined;
  /** The release that all of the Gateway API's definitions are of; undefined: not all are there, or they are mixed. */
  readonly gatewayApi: string | undefined;
  /** Those of the Gateway API's definitions that Cilium needs, as far as they are there. */
  readonly definitions: readonly GatewayDefinition[];
  /** The policy that keeps pods from the metadata service. */
  readonly metadataBlocked: boolean;
}
