import type { ChartAddon } from '../../addons/addon.js';
import { cilium } from '../../addons/cilium.js';
import { chartAddons } from '../../addons/wanted.js';
import type { ClusterConfig } from '../../config/schema.js';
import { enumerateNames } from '../../lib/format.js';
import type { InstalledCharts } from './installed.js';

/** How far a workload has come, as far as it matters here. */
interface WorkloadView {
  /** `daemonset/cilium` */
  readonly name: string;
  readonly namespace: string;
  /** The helm release that it is of; undefined: of none. */
  readonly release: string | undefined;
  readonly wanted: number;
  readonly available: number;
  readonly complete: boolean;
}

interface NodeView {
  readonly name: string;
  readonly internalIp: string | undefined;
  /** No cloud controller has met it yet. */
  readonly uninitialized?: boolean | undefined;
}

/** What Kubernetes shows of what addons have made. */
export interface AddonsView {
  readonly workloads: readonly WorkloadView[];
  readonly nodes: readonly NodeView[];
}

/** What addons are judged by. */
export interface AddonsSeen {
  readonly installed: InstalledCharts;
  readonly view: AddonsView;
}

/** An addon that does not work yet, and why. */
export interface Behind {
  readonly addon: ChartAddon;
  readonly why: string;
}

/** Which of these do not work. */
export function behindOf(addons: readonly ChartAddon[], view: AddonsView): readonly Behind[] {
  return addons.flatMap((addon): Behind[] => {
    const why = whyBehind(addon, view);
    return why === undefined ? [] : [{ addon, why }];
  });
}

/** Those that are wanted and deployed and do not work. */
export function failingAddons(
  config: ClusterConfig,
  { installed, view }: AddonsSeen,
): readonly Behind[] {
  const deployed = ({ name: own }: ChartAddon): boolean =>
    installed.addons.some(
      ({ name, status, wanted }) => name === own && status === 'deployed' && wanted !== undefined,
    );
  const there = chartAddons(config).filter(deployed);
  return behindOf([...(installed.cilium ? [cilium] : []), ...there], view);
}

/** Whether the nodes say something of it, too. */
export function needsMeeting({ name }: ChartAddon): boolean {
  return name === 'hcloud-ccm';
}

function whyBehind(addon: ChartAddon, { workloads, nodes }: AddonsView): string | undefined {
  const own = workloads.filter(({ namespace }) => namespace === addon.namespace);
  const missing = addon.workloads.find((name) => !own.some((one) => one.name === name));
  if (missing !== undefined) return `${missing} is not there yet`;
  const open = own.find((one) => isCounted(addon, one) && isOpen(addon, one));
  if (open?.wanted === 0) return `${open.name} is to have no pods`;
  if (open) return `${open.name}: ${open.available} of ${open.wanted} ready`;
  const strange = needsMeeting(addon) ? nodes.filter(({ uninitialized }) => uninitialized) : [];
  if (strange.length === 0) return undefined;
  return `the cloud controller has not met ${enumerateNames(strange.map(({ name }) => name))}: the token of another project, or another name than the server's`;
}

/** Of charts that oxide does not know, helm's mark says what they have made. */
function isCounted({ workloads, release }: ChartAddon, one: WorkloadView): boolean {
  return workloads.length > 0 ? workloads.includes(one.name) : one.release === release;
}

/** Of its own addons oxide knows that none is meant to have no pods. */
function isOpen({ workloads }: ChartAddon, { wanted, complete }: WorkloadView): boolean {
  return wanted === 0 ? workloads.length > 0 : !complete;
}
