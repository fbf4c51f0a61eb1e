/** SHA-256 of what was downloaded for the cluster, by its name and version: `Cilium chart 1.19.6`. */
export type Digests = Readonly<Record<string, string>>;

/**
 * A warning for each download that came otherwise than before for the same version: a published
 * version never changes, so somebody replaced it, then or now.
 */
export function changedDownloads(before: Digests, now: Digests): readonly string[] {
  return Object.entries(now).flatMap(([what, digest]) => {
    const kept = before[what];
    if (kept === undefined || kept === digest) return [];
    return [
      `The ${what} is not the one that the cluster was made with: its SHA-256 was ${kept} and is ${digest}.`,
    ];
  });
}
