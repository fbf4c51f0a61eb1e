import { tarGzip } from './archive.js';
import { ciliumChart } from './chart/cilium.js';

/**
 * Releases of Cilium that the simulated repository carries: every patch level of a minor up to
 * the last one seen (Cilium release notes, August to October 2026).
 */
const lastPatches = [
  { minor: '1.20', lastPatch: 3 },
  { minor: '1.19', lastPatch: 7 },
  { minor: '1.18', lastPatch: 14 },
  { minor: '1.17', lastPatch: 18 },
];

const versions = lastPatches.flatMap(({ minor, lastPatch }) =>
  Array.from({ length: lastPatch + 1 }, (_, index) => `${minor}.${lastPatch - index}`),
);

/** The repository's `index.yaml`; helm resolves the archives' addresses relative to it. */
export function chartIndex(): string {
  const entries = versions.map(
    (version) => `    - apiVersion: v2
      name: cilium
      version: ${version}
      appVersion: ${version}
      description: A stand-in for the Cilium chart
      urls: [cilium-${version}.tgz]`,
  );
  return `apiVersion: v1\nentries:\n  cilium:\n${entries.join('\n')}\n`;
}

/** The chart's archive, or undefined when there is no such release. */
export async function chartArchive(version: string): Promise<Buffer | undefined> {
  return versions.includes(version) ? tarGzip(ciliumChart(version)) : undefined;
}
