import coerce from 'semver/functions/coerce.js';
import minor from 'semver/functions/minor.js';
import parse from 'semver/functions/parse.js';
import lt from 'semver/functions/lt.js';
import {
  badTalosReleases,
  brokenCharts,
  brokenPairs,
  ciliumSupport,
  kubernetesPerTalos,
  type MinorRange,
} from './pins.js';

/** The newest layout of machine configuration that oxide writes; Talos 1.14 still reads it. */
const newestContract = 13;

/** Why this Talos version cannot be used, or undefined. */
export function talosProblem(version: string): string | undefined {
  const bad = badTalosReleases.get(coerce(version)?.version ?? '');
  if (bad !== undefined) return `${version} cannot be used: ${bad}; take a later patch release`;
  if (supported(kubernetesPerTalos, version)) return undefined;
  return `${version} is not supported; oxide knows Talos ${listed(kubernetesPerTalos)}`;
}

/** Why Kubernetes of this version does not run on that Talos version, or undefined. */
export function kubernetesProblem(kubernetes: string, talos: string): string | undefined {
  const range = supported(kubernetesPerTalos, talos);
  if (!range || within(range, kubernetes)) return undefined;
  return `Kubernetes ${kubernetes} does not run on Talos ${talos}, which supports 1.${range.min} to 1.${range.max}`;
}

/** Why this Cilium version cannot be used, or undefined. */
export function ciliumProblem(version: string): string | undefined {
  if (supported(ciliumSupport, version)) return undefined;
  return `Cilium ${version} is not supported; oxide knows Cilium ${listed(ciliumSupport)}`;
}

/** Why this Cilium cannot be used with that Talos, or undefined. */
export function pairProblem(cilium: string, talos: string): string | undefined {
  const broken = brokenPairs.find(
    (pair) =>
      minor(talos) === pair.talos &&
      (pair.talosFixed === undefined || lt(talos, pair.talosFixed)) &&
      (pair.cilium === undefined || minor(cilium) === pair.cilium) &&
      (pair.ciliumFixed === undefined || lt(cilium, pair.ciliumFixed)),
  );
  if (!broken) return undefined;
  const fixed = broken.ciliumFixed ?? `Talos ${broken.talosFixed ?? `1.${broken.talos + 1}`}`;
  return `Cilium ${cilium} does not work on Talos ${talos}: ${broken.reason}; take ${fixed} or later`;
}

/** Why this version of a chart cannot be used, or undefined. `key`: its section below `addons`. */
export function chartProblem(key: keyof typeof brokenCharts, version: string): string | undefined {
  const broken = brokenCharts[key];
  if (!lt(version, broken.fixed)) return undefined;
  return `${version} does not work: ${broken.reason}; take ${broken.fixed} or later`;
}

/** A warning when Cilium's own tests do not cover this Kubernetes version, or undefined. */
export function ciliumWarning(cilium: string, kubernetes: string): string | undefined {
  const range = supported(ciliumSupport, cilium)?.kubernetes;
  if (!range || within(range, kubernetes)) return undefined;
  return `Cilium ${cilium} is tested with Kubernetes 1.${range.min} to 1.${range.max}, not with ${kubernetes}.`;
}

/** The Gateway API release whose CRDs belong to a Cilium version, as `v1.4.1`. */
export function gatewayApiVersion(cilium: string): string {
  const support = supported(ciliumSupport, cilium);
  if (!support) throw new Error(`Cilium ${cilium} passed the configuration check`);
  return support.gatewayApi;
}

/**
 * The version contract for `talosctl gen config --talos-version`: it decides the layout of the
 * machine configuration. Talos 1.14 splits it into many documents that refuse the older fields;
 * it reads the 1.13 layout, so newer versions get that one.
 */
export function configContract(talosVersion: string): string {
  return `v1.${Math.min(minor(talosVersion), newestContract)}`;
}

function supported<T>(table: ReadonlyMap<number, T>, version: string): T | undefined {
  const parsed = parse(version);
  return parsed?.major === 1 ? table.get(parsed.minor) : undefined;
}

function within(range: MinorRange, version: string): boolean {
  const parsed = parse(version);
  return parsed?.major === 1 && parsed.minor >= range.min && parsed.minor <= range.max;
}

function listed(table: ReadonlyMap<number, unknown>): string {
  const minors = [...table.keys()];
  return `1.${Math.min(...minors)} to 1.${Math.max(...minors)}`;
}
