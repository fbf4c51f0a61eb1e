import { optionalCharts, wantedAddons, type WantedChart } from '../../addons/wanted.js';
import { withoutAddons } from '../../cluster/plan/create/running-addons.js';
import type { InstalledAddon } from '../../cluster/kubernetes/installed.js';
import { inParallel } from '../../lib/parallel.js';
import type * as helm from '../../tools/helm.js';
import type { FlowContext } from '../run/context.js';
import { tokenMarkOf } from './token-secret.js';
import { askedOfHelm, type ReleaseSource } from './release-source.js';
import { isAsWanted, releaseOf } from './releases.js';

/** The addons that cluster.yaml wants, with everything that their values are made of. */
export function addonsOf(ctx: FlowContext): readonly WantedChart[] {
  return wantedAddons(ctx.config, { tokenMark: tokenMarkOf(ctx) });
}

/**
 * The addons as they are: those that are wanted, and those that are there all the same. helm is asked once for all, and once
 * more for the values of each that is wanted; not at all where none is wanted, unless `known` tells of the releases.
 */
export async function observeAddons(
  ctx: FlowContext,
  known?: ReleaseSource,
): Promise<readonly InstalledAddon[]> {
  const wanted = addonsOf(ctx);
  if (wanted.length === 0 && !known) return [];
  const releases = known ?? askedOfHelm(ctx);
  const listed = await releases.list();
  const found = (release: string, namespace: string) =>
    listed.find((one) => one.name === release && one.namespace === namespace);
  // Values may go by other addons: without one that is not there yet they are others.
  const config = withoutAddons(
    ctx.config,
    ({ machine, release }) => machine !== undefined && !listed.some(({ name }) => name === release),
  );
  const meanwhile = addonsOf({ ...ctx, config });
  const states = wanted.map(async (one): Promise<InstalledAddon> => {
    const { name, namespace } = releaseOf(one);
    const there = found(name, namespace);
    const version = there && versionOf(there, one.chart);
    const about = { name: one.addon.name, wanted: one.version, status: there?.status, version };
    if (there?.status !== 'deployed') return { ...about, same: false };
    const values = await releases.values({ name, namespace });
    const deployed = { version: version ?? '', values };
    if (isAsWanted(deployed, one)) return { ...about, same: true };
    const instead = meanwhile.find(({ addon }) => addon.name === one.addon.name);
    const same = instead !== undefined && isAsWanted(deployed, instead);
    return { ...about, same, ...(same && { meanwhile: true }) };
  });
  const surplus = optionalCharts
    .filter(({ key }) => !ctx.config.addons[key].enabled)
    .flatMap(({ name, release, namespace }): InstalledAddon[] => {
      const there = found(release, namespace);
      if (!there) return [];
      const version = /\d+\.\d+\.\d+.*$/.exec(there.chart)?.[0];
      return [{ name, wanted: undefined, status: there.status, version, same: false }];
    });
  return [...(await inParallel(...states)), ...surplus];
}

/** `2.22.1` of `hcloud-csi-2.22.1`, without a leading v, as everywhere. */
function versionOf({ chart }: helm.ListedRelease, name: string): string {
  return chart.replace(`${name}-`, '').replace(/^v/, '');
}
