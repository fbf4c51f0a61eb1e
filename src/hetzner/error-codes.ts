import * as connection from './connection-explanations.js';
import * as explain from './explanations.js';
import type { Explain, HetznerFailure } from './failure.js';
import { limitCode, limitReached } from './limits.js';

/**
 * What a failed request means for a second try:
 * - `refused`: nothing was done, and it may work later; sending it again is safe.
 * - `lost`: nobody knows whether it had its effect; a write is looked for before it is sent again.
 * - `final`: trying again would not help.
 */
export type Verdict = 'refused' | 'lost' | 'final';

/** What oxide makes of an error code. */
export interface Meaning {
  readonly verdict: Verdict;
  /** How often a request is tried that fails with it. */
  readonly tries: number;
  /** As many tries as a request has that changes nothing; like `tries` unless given. */
  readonly looks?: number;
  readonly explain: Explain;
}

/** About a minute: longer than an attach or a start keeps a server locked. */
const aMinute = 8;
/** A machine without a connection is told so in seconds. */
const seconds = 4;
/** While the whole project is over its budget, patience is the only answer. */
const patience = 20;
const once = 1;

type Group = Meaning & { readonly codes: string };

/** Every code of the official description, and what hcloud-go 2.47 knows beside it. */
const groups: readonly Group[] = [
  { codes: 'unauthorized', verdict: 'final', tries: once, explain: explain.badToken },
  {
    codes: 'token_readonly forbidden',
    ...{ verdict: 'final', tries: once, explain: explain.missingRight },
  },
  { codes: limitCode, verdict: 'final', tries: once, explain: limitReached },
  {
    codes:
      'resource_unavailable placement_error placement_group_member_limit_reached no_space_left_in_location',
    ...{ verdict: 'final', tries: once, explain: explain.noCapacity },
  },
  { codes: 'protected', verdict: 'final', tries: once, explain: explain.isProtected },
  {
    codes: 'firewall_managed_by_label_selector',
    ...{ verdict: 'final', tries: once, explain: explain.ofSelector },
  },
  {
    codes:
      'invalid_input invalid_server_type invalid_load_balancer_type no_subnet_available ' +
      'incompatible_network_type private_net_only_server primary_ip_version_mismatch ' +
      'primary_ip_datacenter_mismatch ip_not_owned ip_not_in_vswitch_subnet ' +
      'network_has_no_vswitch_subnet missing_ipv4 cloud_resource_ip_not_allowed',
    ...{ verdict: 'final', tries: once, explain: explain.wrongWish },
  },
  {
    codes:
      'uniqueness_error ip_not_available networks_overlap primary_ip_assigned ' +
      'primary_ip_already_assigned floating_ip_assigned server_has_ipv4 server_has_ipv6 ' +
      'source_port_already_used target_already_defined load_balancer_already_attached ' +
      'volume_already_attached vswitch_id_already_used already_in_placement_group ' +
      'server_already_attached server_is_load_balancer_target firewall_already_applied',
    ...{ verdict: 'final', tries: once, explain: explain.taken },
  },
  {
    codes:
      'json_error method_not_allowed unsupported_error resource_locked server_already_added ' +
      'load_balancer_not_attached_to_network load_balancer_public_interface_disabled ' +
      'targets_without_use_private_ip resolve_cloud_private_targets_error ' +
      'resolve_cloud_public_targets_error ip_not_assigned_to_server incorrect_zone_mode ' +
      'caa_record_does_not_allow_ca ca_dns_validation_failed ' +
      'ca_too_many_authorizations_failed_recently ' +
      'ca_too_many_certificates_issued_for_registered_domain ca_too_many_duplicate_certificates ' +
      'could_not_verify_domain_delegated_to_zone dns_zone_not_found dns_zone_is_secondary_zone',
    ...{ verdict: 'final', tries: once, explain: explain.neverDone },
  },
  {
    codes: 'deprecated_api_endpoint',
    ...{ verdict: 'final', tries: once, explain: explain.removedFromApi },
  },
  // Another change to the same thing is under way: nothing was done.
  {
    codes: 'conflict locked',
    ...{ verdict: 'refused', tries: aMinute, explain: explain.stillBusy },
  },
  {
    codes:
      'resource_in_use must_be_unassigned server_not_stopped firewall_already_removed ' +
      'server_not_attached_to_network',
    ...{ verdict: 'final', tries: once, explain: explain.stillBusy },
  },
  {
    codes: 'service_error unknown_error robot_unavailable',
    ...{ verdict: 'final', tries: once, explain: explain.maybeLater },
  },
  {
    codes: 'not_found firewall_resource_not_found',
    ...{ verdict: 'final', tries: once, explain: explain.gone },
  },
  {
    codes: 'rate_limit_exceeded',
    ...{ verdict: 'refused', tries: patience, explain: explain.rateLimited },
  },
  {
    codes: 'bad_gateway timeout unavailable',
    ...{ verdict: 'lost', tries: aMinute, explain: explain.noAnswer },
  },
  // A backend that failed may fail for good; a look costs nothing, a write is not pressed.
  {
    codes: 'server_error',
    ...{ verdict: 'lost', tries: 3, looks: aMinute, explain: explain.noAnswer },
  },
  {
    codes: 'maintenance',
    ...{ verdict: 'refused', tries: once, looks: aMinute, explain: explain.maintenance },
  },
];

/** Oxide's own codes, for requests that nobody answered. */
const connectionGroups: readonly Group[] = [
  {
    codes: 'unreachable',
    ...{ verdict: 'refused', tries: seconds, explain: connection.unreachable },
  },
  { codes: 'unknown_host', verdict: 'refused', tries: 3, explain: connection.unknownName },
  { codes: 'no_answer', verdict: 'lost', tries: aMinute, explain: explain.noAnswer },
  {
    codes: 'untrusted_certificate',
    ...{ verdict: 'final', tries: once, explain: connection.untrusted },
  },
  {
    codes: 'certificate_out_of_time',
    ...{ verdict: 'final', tries: once, explain: connection.outOfTime },
  },
  {
    codes: 'certificate_of_another',
    ...{ verdict: 'final', tries: once, explain: connection.otherName },
  },
  { codes: 'not_http', verdict: 'lost', tries: once, explain: connection.otherProtocol },
  { codes: 'answer_too_large', verdict: 'lost', tries: once, explain: connection.unreadable },
  { codes: 'proxy_refused', verdict: 'final', tries: once, explain: connection.refusedByProxy },
];

/** Oxide's own codes, for answers that are not Hetzner's errors; the write may have had its effect. */
const answerGroups: readonly Group[] = [
  { codes: 'not_the_api', verdict: 'lost', tries: once, explain: connection.notTheApi },
  { codes: 'unreadable_answer', verdict: 'lost', tries: once, explain: connection.unreadable },
];

// Maps, not objects: a code of `constructor` or `__proto__` is an unknown one like any other.
const meanings = byCode([...groups, ...answerGroups]);
const connectionMeanings = byCode(connectionGroups);

function byCode(all: readonly Group[]): ReadonlyMap<string, Meaning> {
  return new Map(all.flatMap((group) => group.codes.split(' ').map((code) => [code, group])));
}

/** The codes that oxide knows, of Hetzner's answers. */
export function knowsCode(code: string): boolean {
  return meanings.has(code);
}

/** What a failure means. A code that nobody knows is judged by its status. */
export function meaningOf(failure: Pick<HetznerFailure, 'code' | 'status' | 'message'>): Meaning {
  const { code, status, message } = failure;
  const unknown: Meaning = byStatus(status);
  if (status === 0) return connectionMeanings.get(code) ?? unknown;
  if (code === 'not_found' && message === 'api route not found') return noRoute;
  return meanings.get(code) ?? unknown;
}

const noRoute: Meaning = { verdict: 'final', tries: once, explain: explain.noSuchRoute };

function byStatus(status: number): Meaning {
  if (status === 429) return known('rate_limit_exceeded');
  if (status === 409 || status === 423) return known('conflict');
  if (status === 0 || status >= 500) return known('server_error');
  return { verdict: 'final', tries: once, explain: explain.neverDone };
}

function known(code: string): Meaning {
  const meaning = meanings.get(code);
  if (!meaning) throw new Error(`no meaning of ${code}`);
  return meaning;
}
