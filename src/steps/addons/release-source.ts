import type { HelmValues } from '../../addons/addon.js';
import { optionalCharts } from '../../addons/wanted.js';
import { inParallel } from '../../lib/parallel.js';
import * as helm from '../../tools/helm.js';
import { readKeptRelease, type KeptRelease } from '../../tools/kept-releases.js';
import { lookAround, parseLook, type KubernetesLook } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/** A release as it is deployed. */
export interface DeployedRelease {
  readonly version: string;
  readonly values: HelmValues;
}

/** Who tells of the releases in a cluster. */
export interface ReleaseSource {
  /** The newest revision of all that concern oxide. */
  readonly list: () => Promise<readonly helm.ListedRelease[]>;
  /** What the newest revision of one that is deployed was given. */
  readonly values: (release: helm.Release) => Promise<HelmValues>;
  /** Undefined: there is none, or one that is half made. */
  readonly deployed: (release: helm.Release) => Promise<DeployedRelease | undefined>;
}

/** helm itself, with a call for each question. */
export function askedOfHelm({ run, files }: FlowContext): ReleaseSource {
  const { kubeconfig } = files;
  const values = async (release: helm.Release): Promise<HelmValues> =>
    helm.parseValues((await run(helm.getValues(kubeconfig, release))).stdout);
  return {
    list: async () => helm.parseList((await run(helm.list(kubeconfig))).stdout),
    values,
    deployed: async (release) => {
      try {
        const metadata = await run(helm.getMetadata(kubeconfig, release));
        const { status, version } = helm.parseMetadata(metadata.stdout);
        return status === 'deployed' ? { version, values: await values(release) } : undefined;
      } catch (error) {
        if (helm.isNoRelease(error)) return undefined;
        throw error;
      }
    },
  };
}

/**
 * What helm keeps in the cluster, as far as a look has brought it. Other namespaces than kube-system
 * are looked into when they are there; helm is asked of what is not deployed.
 */
export function keptInCluster(ctx: FlowContext, look: KubernetesLook): ReleaseSource {
  let elsewhere: Promise<readonly KeptRelease[]> | undefined;
  const all = async (): Promise<readonly KeptRelease[]> =>
    [...look.releases, ...(await (elsewhere ??= releasesElsewhere(ctx, look)))].filter((one) =>
      optionalCharts.some(({ release: name, namespace }) => isThe({ name, namespace })(one)),
    );
  const content = async (release: helm.Release) => {
    const stored = (await all()).find(isThe(release))?.stored;
    return stored && readKeptRelease(stored);
  };
  return {
    list: async () => {
      const found = await all();
      if (found.some(({ stored }) => stored === undefined)) return askedOfHelm(ctx).list();
      return found.flatMap(({ stored, ...release }) => {
        if (!stored) return [];
        const { chart, version } = readKeptRelease(stored);
        return [{ ...release, chart: `${chart}-${version}` }];
      });
    },
    values: async (release) => (await content(release))?.values ?? {},
    deployed: (release) =>
      Promise.resolve(look.releases.find(isThe(release))?.stored).then(
        (stored) => stored && readKeptRelease(stored),
      ),
  };
}

function isThe({ name, namespace }: helm.Release) {
  return (one: helm.Release): boolean => one.name === name && one.namespace === namespace;
}

/** Of the namespaces that addons have of their own. */
async function releasesElsewhere(
  { run, files }: FlowContext,
  { namespaces }: KubernetesLook,
): Promise<readonly KeptRelease[]> {
  const own = new Set(optionalCharts.map(({ namespace }) => namespace));
  own.delete('kube-system');
  const there = namespaces.filter((name) => own.has(name));
  const found = await inParallel(
    ...there.map(async (name) => parseLook((await run(lookAround(files.kubeconfig, name))).stdout)),
  );
  return found.flatMap(({ releases }) => releases);
}
