import { cilium } from '../../addons/cilium.js';
import { chartAddons, optionalCharts } from '../../addons/wanted.js';
import type { ClusterConfig } from '../../config/schema.js';
import { chartDifferences, isAboutCilium } from '../plan/differences/chart-differences.js';
import {
  behindOf,
  type AddonsSeen,
  type AddonsView,
  type Behind,
} from '../kubernetes/addon-health.js';
import { hasGatewayApi } from '../kubernetes/gateway-api.js';
import { gatewayWish } from '../talos/gateway-wish.js';
import {
  isOpenManifest,
  objectsText,
  shortDigest,
  whyManifestFails,
  type ManifestState,
} from '../kubernetes/manifests.js';
import { lackText } from '../plan/create/running-addons.js';
import type { InstalledAddon, InstalledCharts } from '../kubernetes/installed.js';

/** How an addon is; `surplus`: cluster.yaml does not ask for it, and it is there; `impossible`: it does, and the nodes cannot have it. */
export type AddonStanding =
  'works' | 'not-working' | 'not-installed' | 'half-installed' | 'surplus' | 'impossible';

/** An addon that is wanted, or there all the same. */
export interface AddonState {
  readonly name: string;
  /** `manifest`: one of the user's own, by what cluster.yaml calls it; its versions are digests. */
  readonly kind: 'addon' | 'manifest';
  /** Version of its chart; null: cluster.yaml does not ask for it. */
  readonly wanted: string | null;
  /** Null: it is not there. */
  readonly installed: string | null;
  readonly state: AddonStanding;
  /** Its version and values are those of cluster.yaml. */
  readonly asWanted: boolean;
  /** Why it does not work; null: it does, or is not there. */
  readonly why: string | null;
}

/** All addons that are wanted or there, in the order of the table. */
export function addonStates(
  config: ClusterConfig,
  { installed, view }: AddonsSeen,
): readonly AddonState[] {
  const addons = installed.addons.flatMap(
    (one) => chartAddons(config).find(({ name }) => name === one.name) ?? [],
  );
  const behind = behindOf([cilium, ...addons], view);
  return [
    gatewayState(config, installed),
    ciliumState(config, installed, behind),
    ...installed.addons.map((one) => stateOf(one, behind)),
    ...installed.manifests.map((one) => manifestState(one, view)),
  ];
}

/** The same, with those of these names that no control plane was made for: nobody can install them. */
export function withImpossible(
  states: readonly AddonState[],
  names: readonly string[],
): readonly AddonState[] {
  return states.map((one) =>
    one.state === 'not-installed' && names.includes(one.name)
      ? { ...one, state: 'impossible', why: lackText }
      : one,
  );
}

/** Names of those that are neither wanted nor there. */
export function offAddons(states: readonly AddonState[]): readonly string[] {
  return optionalCharts
    .map(({ name }) => name)
    .filter((name) => !states.some((one) => one.name === name));
}

function gatewayState(
  config: ClusterConfig,
  { gatewayApi, definitions }: InstalledCharts,
): AddonState {
  const wish = gatewayWish(config);
  const { wanted } = wish;
  return {
    ...{ name: 'gateway-api', kind: 'addon', wanted, installed: gatewayApi ?? null, why: null },
    state: gatewayApi === undefined ? 'not-installed' : 'works',
    asWanted: hasGatewayApi(definitions, wish),
  };
}

function ciliumState(
  config: ClusterConfig,
  installed: InstalledCharts,
  behind: readonly Behind[],
): AddonState {
  const found = installed.cilium;
  const why = behind.find(({ addon }) => addon === cilium)?.why ?? null;
  const differs = chartDifferences(config, installed).some(isAboutCilium);
  return {
    ...{
      name: cilium.name,
      kind: 'addon',
      wanted: config.cilium.version,
      installed: found?.version ?? null,
    },
    state: !found ? 'not-installed' : why === null ? 'works' : 'not-working',
    asWanted: found !== undefined && !differs,
    why: found ? why : null,
  };
}

function stateOf(one: InstalledAddon, behind: readonly Behind[]): AddonState {
  const { name, wanted, version, status, same } = one;
  const why = behind.find(({ addon }) => addon.name === name)?.why ?? null;
  const about = {
    ...{ name, kind: 'addon' as const, installed: version ?? null, asWanted: same },
    wanted: wanted === undefined ? null : wantedText(wanted, version),
  };
  if (status === undefined) return { ...about, state: 'not-installed', why: null };
  if (wanted === undefined) return { ...about, state: 'surplus', why: null };
  if (status !== 'deployed') {
    return { ...about, state: 'half-installed', why: `helm calls its release ${status}` };
  }
  return { ...about, state: why === null ? 'works' : 'not-working', why };
}

function manifestState(state: ManifestState, { workloads }: AddonsView): AddonState {
  const { name, wanted, applied } = state;
  const short = (digest: string | undefined) => (digest === undefined ? null : shortDigest(digest));
  const about = {
    ...{ name, kind: 'manifest' as const, installed: short(applied?.digest) },
    // What a URL holds is not always looked at.
    wanted: wanted ? short(wanted.digest ?? applied?.digest) : null,
    asWanted: wanted !== undefined && !isOpenManifest(state),
  };
  if (!applied) return { ...about, state: 'not-installed', why: wanted?.problem ?? null };
  if (!wanted) return { ...about, state: 'surplus', why: objectsText(applied.objects) };
  const why = whyManifestFails(applied, workloads) ?? null;
  return { ...about, state: why === null ? 'works' : 'not-working', why };
}

/** Of a chart on this machine nobody says which version it is to be. */
function wantedText(wanted: string, there: string | undefined): string {
  return wanted === '' ? (there ?? 'any') : wanted.replace(/^v/, '');
}
