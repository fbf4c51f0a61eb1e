import type { Obstacle } from './talos-reasons.js';
import { ToolError } from './tool-error.js';

/**
 * Texts of kubectl and helm that decide what happens next. An address where something else answers
 * 404 is not the same as an object that is not there.
 */
export const kubernetesTexts = {
  notFound: /^Error from server \(NotFound\): \S+ ".+" not found$/m,
  nothingThere:
    /^Error from server \(NotFound\): the server could not find the requested resource$/m,
  noRelease: /^Error: release: not found$/m,
  drainDeadline:
    /: global timeout reached: |error when waiting for pod ".+" in namespace ".+" to terminate: context deadline exceeded/,
  cannotCordon: /^error: unable to (?:un)?cordon node "([^"]+)": (.+)$/gm,
  webhookSilent: /failed calling webhook "[^"]+": /,
  kindMissing: /no matches for kind "[^"]+" in version "[^"]+"/,
  foreignFields: /[Cc]onflicts? with "([^"]+)"/g,
} as const;

/** The object that kubectl was asked for is not there. */
export function isNotFound(error: unknown): boolean {
  return stderrMatches(error, kubernetesTexts.notFound);
}

/** Nothing at all is at the address that kubectl asked. */
export function isNothingThere(error: unknown): boolean {
  return stderrMatches(error, kubernetesTexts.nothingThere);
}

/** A webhook that has to be asked does not answer; what comes soon after its pods were started. */
export function isWebhookSilent(error: unknown): boolean {
  return stderrMatches(error, kubernetesTexts.webhookSilent);
}

/** An object is of a kind that the API does not serve, or not yet. */
export function isKindMissing(error: unknown): boolean {
  return stderrMatches(error, kubernetesTexts.kindMissing);
}

/** There is no such helm release. */
export function isNoRelease(error: unknown): boolean {
  return stderrMatches(error, kubernetesTexts.noRelease);
}

/** A drain that ran into its deadline, while pods were kept by a budget or while they ended. */
export function ranIntoDeadline(error: ToolError): boolean {
  return error.failure.timedOut || stderrMatches(error, kubernetesTexts.drainDeadline);
}

/** Why this node could not be cordoned or uncordoned: kubectl says so, and ends with exit code 0. */
export function whyNotCordoned(
  { stderr }: { readonly stderr: string },
  node: string,
): string | undefined {
  const said = [...stderr.matchAll(kubernetesTexts.cannotCordon)];
  const [only] = said.length === 1 ? said : said.filter(([, name]) => name === node);
  return only?.[2];
}

/**
 * Who has written fields that the release wants to set, when that is why helm 4 failed: it applies
 * on the server, which refuses to overwrite what others have set. Empty: it failed for another reason.
 */
export function foreignManagers(error: ToolError): readonly string[] {
  if (!error.says('Apply failed with ')) return [];
  const found = error.reasonLines.flatMap((line) =>
    [...line.matchAll(kubernetesTexts.foreignFields)].map(([, manager = '']) => manager),
  );
  return [...new Set(found)];
}

/** Why the Kubernetes API does not answer yet, in the tool's own words. */
export function kubernetesObstacle(error: ToolError): Obstacle {
  const { connection, reason } = error;
  if (!connection) return { prospect: 'unknown', why: reason };
  return { ...connection, why: reason };
}

function stderrMatches(error: unknown, pattern: RegExp): boolean {
  return error instanceof ToolError && pattern.test(error.failure.stderr);
}
