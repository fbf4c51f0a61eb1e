import coerce from 'semver/functions/coerce.js';
import gte from 'semver/functions/gte.js';
import { PreconditionError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';

/** A definition of the Gateway API that the cluster has, by what its annotations say. */
export interface GatewayDefinition {
  readonly name: string;
  /** The release that it is of: `v1.4.1`. */
  readonly bundle: string | undefined;
  /** `standard` or `experimental`. */
  readonly channel: string | undefined;
}

/** The definitions that Cilium's Gateway controller needs at its start. */
export const neededDefinitions: readonly string[] = [
  'gatewayclasses',
  'gateways',
  'httproutes',
  'grpcroutes',
  'referencegrants',
].map((plural) => `${plural}.gateway.networking.k8s.io`);

/** The release that belongs to the configured Cilium, and that Cilium. */
export interface GatewayApiWish {
  readonly wanted: string;
  readonly cilium: string;
}

/** The release that all of them are of; undefined: not all are there, or they are mixed. */
export function installedRelease(found: readonly GatewayDefinition[]): string | undefined {
  const releases = neededDefinitions.map((name) => found.find((one) => one.name === name)?.bundle);
  const [first] = releases;
  return releases.every((release) => release === first) ? first : undefined;
}

/** Since this release the bundles bring a policy that keeps older ones out. */
const guardedSince = '1.5.0';

/**
 * Refuses what cannot become, or would take something away that others put there: definitions that are
 * older than those of the cluster, and standard ones in the place of experimental ones.
 */
export function checkGatewayApi(
  found: readonly GatewayDefinition[],
  { wanted, cilium }: GatewayApiWish,
): void {
  const others = found.filter(({ bundle }) => bundle !== wanted);
  refuseDowngrade(others, { wanted, cilium });
  const experimental = others.filter(({ channel }) => channel === 'experimental');
  if (experimental.length === 0) return;
  throw new PreconditionError(
    `the cluster has ${textOf(experimental)} from the experimental channel of the Gateway API, and Cilium ${cilium} needs ${wanted}`,
    `Standard definitions would take away what the experimental ones hold, so oxide does not replace them. Bring them to ${wanted} yourself (experimental-install.yaml of that release), then run the same command again.`,
  );
}

function refuseDowngrade(
  others: readonly GatewayDefinition[],
  { wanted, cilium }: GatewayApiWish,
): void {
  const newer = others.filter(({ bundle }) => isGuarded(bundle) && isOlder(wanted, bundle));
  if (newer.length === 0) return;
  throw new PreconditionError(
    `Cilium ${cilium} needs the Gateway API ${wanted}, and the cluster has ${textOf(newer)}: a policy of that release refuses older definitions, and what is stored by the newer ones could not be read with them`,
    'Set cilium.version in cluster.yaml to one that works with the newer definitions: 1.20 works with v1.6. The way back would delete every Gateway and route of the cluster; docs/troubleshooting.md has it.',
  );
}

function isGuarded(bundle: string | undefined): boolean {
  const parsed = coerce(bundle);
  return parsed !== null && gte(parsed, guardedSince);
}

/** By its minor: of one minor, older patches are let in. */
function isOlder(wanted: string, bundle: string | undefined): boolean {
  const [a, b] = [coerce(wanted), coerce(bundle)];
  return (
    a !== null && b !== null && (a.major < b.major || (a.major === b.major && a.minor < b.minor))
  );
}

function textOf(definitions: readonly GatewayDefinition[]): string {
  const releases = new Set(definitions.map(({ bundle }) => bundle ?? 'an unknown release'));
  return enumerate([...releases]);
}
