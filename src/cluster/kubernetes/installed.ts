import type { HelmValues } from './cilium-values.js';

/** What oxide installs in Kubernetes, as it is there. */
export interface InstalledCharts {
  /** Undefined: there is no release, or none that is deployed. */
  readonly cilium: { readonly version: string; readonly values: HelmValues } | undefined;
  /** The release that all of the Gateway API's definitions are of; undefined: not all are there, or they are mixed. */
  readonly gatewayApi: string | undefined;
}
