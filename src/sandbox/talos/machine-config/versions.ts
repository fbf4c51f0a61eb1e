/** Talos minor → first and last Kubernetes minor (Talos source, pkg/machinery/compatibility). */
const kubernetesMinors: Readonly<Record<number, readonly [number, number]>> = {
  8: [26, 31],
  9: [27, 32],
  10: [28, 33],
  11: [29, 34],
  12: [30, 35],
  13: [31, 36],
  14: [32, 37],
  15: [33, 38],
};

/** The Kubernetes version out of an image such as `ghcr.io/siderolabs/kubelet:v1.34.1`. */
export function kubernetesVersionOf(image: string): string | undefined {
  return /:v(\d+\.\d+\.\d+[^@]*)(@.*)?$/.exec(image)?.[1];
}

/** Why this Talos refuses to run this Kubernetes, in its words; undefined when it does not. */
export function kubernetesObjection(
  kubernetesVersion: string,
  talosVersion: string,
): string | undefined {
  const talos = talosVersion.replace(/^v/, '');
  const range = kubernetesMinors[minorOf(talos)];
  if (!range) return `compatibility with version ${talos} is not supported`;
  const minor = minorOf(kubernetesVersion);
  const [first, last] = range;
  if (minor >= first && minor <= last) return undefined;
  const fault = minor < first ? 'old' : 'new';
  return `version of Kubernetes ${kubernetesVersion} is too ${fault} to be used with Talos ${talos}`;
}

/** The minor of a `v1.13.9` or `1.13`; NaN when it is not one. */
export function minorOf(version: string): number {
  return Number(/^v?\d+\.(\d+)/.exec(version)?.[1] ?? NaN);
}
