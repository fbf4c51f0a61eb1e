import type { ConfigDocument } from './types.js';

/** Kinds of which only one may have a name (Talos source, ConflictsWithKinds). */
const families: readonly (readonly string[])[] = [
  [
    'BondConfig',
    'BridgeConfig',
    'DummyLinkConfig',
    'LinkConfig',
    'VethConfig',
    'VLANConfig',
    'VRFConfig',
    'WireguardConfig',
  ],
  ['HCloudVIPConfig', 'Layer2VIPConfig'],
  ['ExistingVolumeConfig', 'UserVolumeConfig'],
];

/** Which documents cannot stand beside each other, in Talos' words; undefined when all can. */
export function documentConflict(documents: readonly ConfigDocument[]): string | undefined {
  const seen = new Map<string, string>();
  for (const { kind, name = '' } of documents) {
    const family = families.findIndex((kinds) => kinds.includes(kind));
    if (family < 0) continue;
    const key = `${family}/${name}`;
    const other = seen.get(key);
    if (other !== undefined) return `conflicting documents: ${other}/${name} and ${kind}/${name}`;
    seen.set(key, kind);
  }
  return undefined;
}
