import type { HelmValues } from '../../addons/addon.js';
import { chartAddons } from '../../addons/wanted.js';
import { inParallel } from '../../lib/parallel.js';
import * as helm from '../../tools/helm.js';
import { readKeptRelease } from '../../tools/kept-releases.js';
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

/** What helm keeps in the cluster, as far as a look has brought it; helm is asked of what is not deployed. */
export function keptInCluster(ctx: FlowContext, look: KubernetesLook): ReleaseSource {
  const all = look.releases.filter((one) =>
    chartAddons(ctx.config).some(({ release: name, namespace }) => isThe({ name, namespace })(one)),
  );
  const content = (release: helm.Release) => {
    const stored = all.find(isThe(release))?.stored;
    return stored && readKeptRelease(stored);
  };
  return {
    list: async () => {
      if (all.some(({ stored }) => stored === undefined)) return askedOfHelm(ctx).list();
      return all.flatMap(({ stored, ...release }) => {
        if (!stored) return [];
        const { chart, version } = readKeptRelease(stored);
        return [{ ...release, chart: `${chart}-${version}` }];
      });
    },
    values: (release) => Promise.resolve(content(release)?.values ?? {}),
    deployed: (release) =>
      Promise.resolve(look.releases.find(isThe(release))?.stored).then(
        (stored) => stored && readKeptRelease(stored),
      ),
  };
}

function isThe({ name, namespace }: helm.Release) {
  return (one: helm.Release): boolean => one.name === name && one.namespace === namespace;
}

/** The look with what is in the namespaces that addons have of their own, as far as those are there. */
export async function withOwnNamespaces(
  { run, files, config }: FlowContext,
  look: KubernetesLook,
): Promise<KubernetesLook> {
  const own = new Set(chartAddons(config).map(({ namespace }) => namespace));
  own.delete('kube-system');
  const there = look.namespaces.filter((name) => own.has(name));
  const found = await inParallel(
    ...there.map(async (name) => parseLook((await run(lookAround(files.kubeconfig, name))).stdout)),
  );
  return {
    ...look,
    releases: [look, ...found].flatMap(({ releases }) => releases),
    workloads: [look, ...found].flatMap(({ workloads }) => workloads),
  };
}
