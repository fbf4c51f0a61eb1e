import { z } from 'zod';
import { durationOf } from '../timings.js';
import type { ActionRecord } from './action-records.js';
import { ApiError, invalidField, refused } from './api-error.js';
import { idField } from './fields.js';
import { parseSelector } from './labels.js';
import type { Project } from './project.js';
import type { FirewallRecord, ServerRecord } from './records.js';

/** What a firewall is applied to: one server, or all that match a selector. */
export const targetField = z.strictObject({
  type: z.enum(['server', 'label_selector']),
  server: z.strictObject({ id: idField }).optional(),
  label_selector: z.strictObject({ selector: z.string().min(1) }).optional(),
});

type Target = z.output<typeof targetField>;

/** Begins to apply a firewall; everything is checked before anything is changed. */
export function applyTo(
  project: Project,
  firewall: FirewallRecord,
  targets: readonly Target[],
): ActionRecord[] {
  const wanted = targets.map((target) => resolve(project, target));
  for (const target of wanted) {
    if ('selector' in target) {
      if (firewall.selectors.includes(target.selector)) throw alreadyApplied();
    } else {
      assertApplicable(target.server, firewall.id);
    }
  }
  return wanted.map((target) => {
    if ('selector' in target) {
      firewall.selectors.push(target.selector);
      return start(project, { firewall, command: 'apply_firewall' });
    }
    const { server } = target;
    server.firewalls.push({
      firewall: firewall.id,
      bySelector: false,
      applied: false,
      appliesAt: null,
    });
    return start(project, { firewall, command: 'apply_firewall', server });
  });
}

/** Begins to take a firewall off. A server that a selector matches cannot be taken off by itself. */
export function removeFrom(
  project: Project,
  firewall: FirewallRecord,
  targets: readonly Target[],
): ActionRecord[] {
  const wanted = targets.map((target) => resolve(project, target));
  for (const target of wanted) {
    if ('selector' in target) {
      if (!firewall.selectors.includes(target.selector)) throw alreadyRemoved();
      continue;
    }
    const entries = target.server.firewalls.filter((entry) => entry.firewall === firewall.id);
    if (entries.length === 0) throw alreadyRemoved();
    if (entries.every((entry) => entry.bySelector)) {
      throw refused(
        'firewall_managed_by_label_selector',
        'firewall is managed by a label selector',
      );
    }
  }
  return wanted.map((target) => {
    if ('selector' in target) {
      firewall.selectors = firewall.selectors.filter((selector) => selector !== target.selector);
      return start(project, { firewall, command: 'remove_firewall' });
    }
    return start(project, { firewall, command: 'remove_firewall', server: target.server });
  });
}

function resolve(
  project: Project,
  target: Target,
): { selector: string } | { server: ServerRecord } {
  if (target.type === 'label_selector') {
    if (!target.label_selector) throw invalidField('label_selector', 'must be given');
    parseSelector(target.label_selector.selector);
    return { selector: target.label_selector.selector };
  }
  if (!target.server) throw invalidField('server', 'must be given');
  const server = project.servers.find(target.server.id);
  if (!server)
    throw new ApiError(404, 'firewall_resource_not_found', 'firewall resource not found');
  return { server };
}

function assertApplicable(server: ServerRecord, firewall: number): void {
  if (server.firewalls.some((entry) => entry.firewall === firewall && !entry.bySelector)) {
    throw alreadyApplied();
  }
  if (server.ipv4 === null && server.ipv6 === null) {
    throw refused('private_net_only_server', 'server has no public network');
  }
}

const alreadyApplied = (): ApiError =>
  refused('firewall_already_applied', 'firewall is already applied to the resource');

const alreadyRemoved = (): ApiError =>
  refused('firewall_already_removed', 'firewall is not applied to the resource');

function start(
  project: Project,
  change: {
    firewall: FirewallRecord;
    command: 'apply_firewall' | 'remove_firewall';
    server?: ServerRecord;
  },
): ActionRecord {
  const { firewall, command, server } = change;
  const kind = command === 'apply_firewall' ? 'firewall-applied' : 'firewall-removed';
  const self = { id: firewall.id, type: 'firewall' } as const;
  return project.start({
    command,
    resources: server ? [self, { id: server.id, type: 'server' }] : [self],
    duration: 'applyFirewall',
    ...(server ? { effect: { kind, firewall: firewall.id, server: server.id } } : {}),
  });
}

/**
 * Brings the applications through label selectors in line with the labels. New ones take effect a
 * few seconds later: until then a fresh server is open (Hetzner docs, "Firewalls FAQ").
 */
export function reconcileSelectors(project: Project): void {
  const selecting = project.firewalls.all().filter(({ selectors }) => selectors.length > 0);
  const matchers = selecting.map(({ id, selectors }) => ({
    id,
    matches: selectors.map((selector) => parseSelector(selector)),
  }));
  for (const server of project.servers.all()) {
    if (server.status === 'deleting') continue;
    const wanted = matchers
      .filter(({ matches }) => matches.some((match) => match(server.labels)))
      .map(({ id }) => id);
    server.firewalls = server.firewalls.filter(
      ({ bySelector, firewall }) => !bySelector || wanted.includes(firewall),
    );
    for (const firewall of wanted) {
      if (server.firewalls.some((entry) => entry.firewall === firewall && entry.bySelector))
        continue;
      const appliesAt = project.now + durationOf('applyFirewall');
      server.firewalls.push({ firewall, bySelector: true, applied: false, appliesAt });
    }
  }
}
