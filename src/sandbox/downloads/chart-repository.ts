import { createHash } from 'node:crypto';
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

/** Packed once: asking for the index needs all of them. */
const archives = new Map<string, Promise<Buffer>>();

/** The repository's `index.yaml`; helm resolves the archives' addresses relative to it. */
export async function chartIndex(): Promise<string> {
  const entries = await Promise.all(
    versions.map(
      async (version) => `    - apiVersion: v2
      name: cilium
      version: ${version}
      appVersion: ${version}
      description: A stand-in for the Cilium chart
      digest: ${createHash('sha256')
        .update(await packed(version))
        .digest('hex')}
      urls: [cilium-${version}.tgz]`,
    ),
  );
  return `apiVersion: v1\nentries:\n  cilium:\n${entries.join('\n')}\n`;
}

/** The chart's archive, or undefined when there is no such release. */
export async function chartArchive(version: string): Promise<Buffer | undefined> {
  return versions.includes(version) ? packed(version) : undefined;
}

function packed(version: string): Promise<Buffer> {
  const known = archives.get(version) ?? tarGzip(ciliumChart(version));
  archives.set(version, known);
  return known;
}
