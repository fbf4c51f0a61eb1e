/** Something from the internet that the cluster was made with. */
export interface UsedDownload {
  readonly what: 'Cilium chart' | 'Gateway API manifest';
  readonly version: string;
  /** As hexadecimal digits. */
  readonly sha256: string;
}

/**
 * A warning for each download that came otherwise than before for the same version: a published
 * version never changes, so somebody replaced it, then or now.
 */
export function changedDownloads(
  before: readonly UsedDownload[],
  now: readonly UsedDownload[],
): readonly string[] {
  return now.flatMap(({ what, version, sha256 }) => {
    const kept = before.find((one) => one.what === what && one.version === version);
    if (!kept || kept.sha256 === sha256) return [];
    return [
      `The ${what} ${version} is not the one that the cluster was made with: its SHA-256 was ${kept.sha256} and is ${sha256}.`,
    ];
  });
}
