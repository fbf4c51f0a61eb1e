import { z } from 'zod';
import { renderAction } from './actions.js';
import type { ActionRecord } from './action-records.js';
import { refused } from './api-error.js';
import { checkBody } from './body.js';
import { nameField } from './fields.js';
import { applyTo, removeFrom, targetField } from './firewall-targets.js';
import { canonicalRules, rulesField } from './firewall-rules.js';
import { labelsField } from './labels.js';
import type { Project } from './project.js';
import type { FirewallRecord } from './records.js';
import { resourceRoutes } from './resource-routes.js';
import { created, deleted, type Answer, type Call, type Route } from './route.js';
import { timestamp } from './time.js';

const createFields = z.strictObject({
  name: nameField(128),
  labels: labelsField.default({}),
  rules: rulesField.default([]),
  apply_to: z.array(targetField).default([]),
});

const updateFields = z.strictObject({
  name: nameField(128).optional(),
  labels: labelsField.optional(),
});

export const firewallRoutes: readonly Route[] = [
  ...resourceRoutes({
    plural: 'firewalls',
    singular: 'firewall',
    table: (project) => project.firewalls,
    render: renderFirewall,
    changes: updateFields,
  }),
  ['POST', '/firewalls', create],
  ['DELETE', '/firewalls/{id}', remove],
  ['POST', '/firewalls/{id}/actions/set_rules', setRules],
  ['POST', '/firewalls/{id}/actions/apply_to_resources', applyToResources],
  ['POST', '/firewalls/{id}/actions/remove_from_resources', removeFromResources],
];

function renderFirewall(project: Project, firewall: FirewallRecord): object {
  return {
    id: firewall.id,
    name: firewall.name,
    labels: firewall.labels,
    created: timestamp(firewall.created),
    rules: firewall.rules,
    applied_to: appliedTo(project, firewall),
  };
}

function appliedTo(project: Project, firewall: FirewallRecord): object[] {
  const using = (bySelector: boolean): number[] =>
    project.servers
      .all()
      .filter((server) =>
        server.firewalls.some(
          (entry) => entry.firewall === firewall.id && entry.bySelector === bySelector,
        ),
      )
      .map((server) => server.id);
  const direct = [...using(false), ...firewall.releasing.map(({ server }) => server)];
  const reference = (id: number): object => ({ type: 'server', server: { id } });
  return [
    ...direct.map(reference),
    ...firewall.selectors.map((selector) => ({
      type: 'label_selector',
      label_selector: { selector },
      applied_to_resources: using(true).map(reference),
    })),
  ];
}

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  project.assertNameFree(project.firewalls, body.name);
  const firewall: FirewallRecord = {
    id: project.newId(),
    name: body.name,
    created: project.now,
    labels: body.labels,
    rules: canonicalRules(body.rules),
    selectors: [],
    releasing: [],
  };
  const applied = applyTo(project, firewall, body.apply_to);
  project.firewalls.add(firewall);
  const actions = body.rules.length > 0 ? [startSetRules(project, firewall), ...applied] : applied;
  return created({
    firewall: renderFirewall(project, firewall),
    actions: actions.map(renderAction),
  });
}

/** An application through a label selector is a use even when it matches no server. */
function remove(project: Project, call: Call): Answer {
  const firewall = project.firewalls.get(call.id);
  if (appliedTo(project, firewall).length > 0) {
    throw refused('resource_in_use', `firewall with ID ${firewall.id} is still in use`);
  }
  project.firewalls.remove(firewall.id);
  return deleted;
}

function startSetRules(project: Project, firewall: FirewallRecord): ActionRecord {
  return project.start({
    command: 'set_firewall_rules',
    resources: [{ id: firewall.id, type: 'firewall' }],
    duration: 'setFirewallRules',
  });
}

function setRules(project: Project, call: Call): Answer {
  const firewall = project.firewalls.get(call.id);
  const body = checkBody(z.strictObject({ rules: rulesField }), call.body);
  firewall.rules = canonicalRules(body.rules);
  return created({ actions: [renderAction(startSetRules(project, firewall))] });
}

function applyToResources(project: Project, call: Call): Answer {
  const firewall = project.firewalls.get(call.id);
  const body = checkBody(z.strictObject({ apply_to: z.array(targetField).min(1) }), call.body);
  return created({ actions: applyTo(project, firewall, body.apply_to).map(renderAction) });
}

function removeFromResources(project: Project, call: Call): Answer {
  const firewall = project.firewalls.get(call.id);
  const body = checkBody(z.strictObject({ remove_from: z.array(targetField).min(1) }), call.body);
  return created({ actions: removeFrom(project, firewall, body.remove_from).map(renderAction) });
}
