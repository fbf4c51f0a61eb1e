import type { ClusterConfig } from '../../config/schema.js';
import { sha256 } from '../../lib/digest.js';
import { issuersName } from '../../addons/issuers.js';
import type { ManifestObject } from '../../config/manifest-objects.js';
import { enumerateNames } from '../../lib/format.js';

/** What the cluster keeps of a manifest that was applied to it. */
export interface AppliedManifest {
  /** SHA-256 of its text. */
  readonly digest: string;
  readonly objects: readonly ManifestObject[];
}

/** By what cluster.yaml calls it: a path or a URL. */
export type AppliedManifests = Readonly<Record<string, AppliedManifest>>;

/** A manifest that cluster.yaml asks for. */
export interface WantedManifest {
  readonly name: string;
  /** SHA-256 of its text; undefined: it has not been fetched, or cannot be. */
  readonly digest: string | undefined;
  /** Why it cannot be fetched; undefined: nobody has tried, or it was. */
  readonly problem?: string | undefined;
}

/** What cluster.yaml asks for, by itself: what a URL holds is not known. */
export function wantedManifests({ addons }: ClusterConfig): readonly WantedManifest[] {
  // Tokens are part of the issuers, and not known here.
  const hasIssuers = addons.cert_manager.issuers.length > 0;
  const own = addons.manifests.map(({ place, text }) => ({
    name: place,
    digest: text === undefined ? undefined : sha256(text),
  }));
  return hasIssuers ? [{ name: issuersName, digest: undefined }, ...own] : own;
}

/** A manifest that is wanted, or was applied all the same. */
export interface ManifestState {
  readonly name: string;
  /** Undefined: cluster.yaml does not ask for it any more. */
  readonly wanted: WantedManifest | undefined;
  /** Undefined: it was never applied. */
  readonly applied: AppliedManifest | undefined;
}

/** Those that are wanted, in their order, and those that were applied and are not asked for any more. */
export function manifestStates(
  wanted: readonly WantedManifest[],
  applied: AppliedManifests,
): readonly ManifestState[] {
  const surplus = Object.keys(applied).filter((name) => !wanted.some((one) => one.name === name));
  return [
    ...wanted.map((one) => ({ name: one.name, wanted: one, applied: applied[one.name] })),
    ...surplus.map((name) => ({ name, wanted: undefined, applied: applied[name] })),
  ];
}

/** Whether it is to be applied: it is new, or its text is another one. */
export function isOpenManifest({ wanted, applied }: ManifestState): boolean {
  if (!wanted) return false;
  return !applied || (wanted.digest !== undefined && wanted.digest !== applied.digest);
}

/** What is to be said of manifests that cannot be fetched and were applied before. */
export function manifestWarnings(states: readonly ManifestState[]): readonly string[] {
  return states.flatMap(({ name, wanted, applied }) =>
    wanted?.problem === undefined || !applied
      ? []
      : [`${name} stays as it was applied: ${wanted.problem}`],
  );
}

/** Enough of a digest to tell two apart. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 10);
}

/** `Deployment web/shop and Secret token`, the first of them. */
export function objectsText(objects: readonly ManifestObject[]): string {
  return enumerateNames(
    objects.map(({ kind, name, namespace }) =>
      namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`,
    ),
  );
}

interface WorkloadView {
  /** `deployment/web` */
  readonly name: string;
  readonly namespace: string;
  readonly wanted: number;
  readonly available: number;
  readonly complete: boolean;
}

/** Why what a manifest has made does not work; undefined: it does, as far as its workloads tell. */
export function whyManifestFails(
  { objects }: AppliedManifest,
  workloads: readonly WorkloadView[],
): string | undefined {
  for (const { apiVersion, kind, name, namespace = 'default' } of objects) {
    if (apiVersion !== 'apps/v1' || !judged.includes(kind)) continue;
    const called = `${kind.toLowerCase()}/${name}`;
    const found = workloads.find((one) => one.name === called && one.namespace === namespace);
    if (!found) return `${called} is not there any more`;
    if (!found.complete) return `${called}: ${found.available} of ${found.wanted} ready`;
  }
  return undefined;
}

const judged: readonly string[] = ['Deployment', 'DaemonSet', 'StatefulSet'];
