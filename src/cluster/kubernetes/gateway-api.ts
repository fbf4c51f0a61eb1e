import coerce from 'semver/functions/coerce.js';
import gte from 'semver/functions/gte.js';
import type { ClusterConfig } from '../../config/schema.js';
import { tool } from '../../lib/commands.js';
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

/** Which of a release's bundles: `standard-install.yaml` or `experimental-install.yaml`. */
export type GatewayChannel = ClusterConfig['addons']['gateway_api']['channel'];

/** The release that belongs to the configured Cilium, that Cilium, and the channel. */
export interface GatewayApiWish {
  readonly wanted: string;
  readonly cilium: string;
  readonly channel: GatewayChannel;
}

/** The release that all of them are of; undefined: not all are there, or they are mixed. */
export function installedRelease(found: readonly GatewayDefinition[]): string | undefined {
  const releases = neededDefinitions.map((name) => found.find((one) => one.name === name)?.bundle);
  const [first] = releases;
  return releases.every((release) => release === first) ? first : undefined;
}

/** Their channel; one of them that is standard makes it that. Undefined: there are none. */
export function installedChannel(found: readonly GatewayDefinition[]): GatewayChannel | undefined {
  if (found.length === 0) return undefined;
  return found.every(({ channel }) => channel === 'experimental') ? 'experimental' : 'standard';
}

/** Whether the definitions are those of the wish. The experimental ones have all that the standard ones have. */
export function hasGatewayApi(
  found: readonly GatewayDefinition[],
  { wanted, channel }: GatewayApiWish,
): boolean {
  if (installedRelease(found) !== wanted) return false;
  return channel === 'standard' || installedChannel(found) === channel;
}

/** Since this release the bundles bring a policy that keeps older ones out. */
const guardedSince = '1.5.0';

/**
 * Refuses what cannot become, or would take something away that others put there: definitions that are
 * older than those of the cluster, standard ones in the place of experimental ones, and experimental ones
 * where a policy keeps them out.
 */
export function checkGatewayApi(found: readonly GatewayDefinition[], wish: GatewayApiWish): void {
  const { wanted, cilium, channel } = wish;
  const others = found.filter(({ bundle }) => bundle !== wanted);
  refuseDowngrade(others, wish);
  if (channel === 'experimental') {
    refuseGuarded(found);
    return;
  }
  const experimental = others.filter(({ channel }) => channel === 'experimental');
  if (experimental.length === 0) return;
  throw new PreconditionError(
    `the cluster has ${textOf(experimental)} from the experimental channel of the Gateway API, and Cilium ${cilium} needs ${wanted}`,
    `Standard definitions would take away what the experimental ones hold, so oxide does not replace them. Keep them with addons.gateway_api.channel: experimental in cluster.yaml.`,
  );
}

/** Standard definitions with that policy stay standard ones, until somebody deletes it. */
function refuseGuarded(found: readonly GatewayDefinition[]): void {
  const guarded = found.filter(
    ({ bundle, channel }) => channel === 'standard' && isGuarded(bundle),
  );
  if (guarded.length === 0) return;
  throw new PreconditionError(
    `the cluster has the standard definitions of the Gateway API ${textOf(guarded)}, and a policy of that release keeps experimental ones out`,
    `Leave addons.gateway_api.channel at standard. If you want the experimental ones for good, since oxide never takes them back: ${tool`kubectl delete validatingadmissionpolicy safe-upgrades.gateway.networking.k8s.io`}, then run the same command again.`,
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
