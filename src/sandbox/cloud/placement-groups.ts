import { z } from 'zod';
import { refused } from './api-error.js';
import { checkBody } from './body.js';
import { nameField } from './fields.js';
import { labelsField } from './labels.js';
import { list } from './listing.js';
import type { Project } from './project.js';
import type { PlacementGroupRecord } from './records.js';
import { created, deleted, ok, type Answer, type Call, type Route } from './route.js';
import { timestamp } from './time.js';

/** Hetzner docs, "Placement groups". */
const serversPerGroup = 10;

const createFields = z.strictObject({
  name: nameField(255),
  type: z.literal('spread'),
  labels: labelsField.default({}),
});
const updateFields = z.strictObject({
  name: nameField(255).optional(),
  labels: labelsField.optional(),
});

export const placementGroupRoutes: readonly Route[] = [
  [
    'GET',
    '/placement_groups',
    (project, call) =>
      list(call, {
        key: 'placement_groups',
        rows: project.placementGroups.all(),
        render: (group) => renderPlacementGroup(project, group),
        filters: { name: (group) => group.name, type: (group) => group.type },
        enums: { type: ['spread'] },
        sorts: {
          id: (group) => group.id,
          name: (group) => group.name,
          created: (group) => group.created,
        },
        labels: (group) => group.labels,
      }),
  ],
  ['POST', '/placement_groups', create],
  [
    'GET',
    '/placement_groups/{id}',
    (project, { id }) =>
      ok({ placement_group: renderPlacementGroup(project, project.placementGroups.get(id)) }),
  ],
  ['PUT', '/placement_groups/{id}', update],
  ['DELETE', '/placement_groups/{id}', remove],
];

export function renderPlacementGroup(project: Project, group: PlacementGroupRecord): object {
  return {
    id: group.id,
    name: group.name,
    labels: group.labels,
    type: group.type,
    created: timestamp(group.created),
    servers: members(project, group.id),
  };
}

/** Refuses a server that the group has no room for. */
export function assertPlaceable(project: Project, groupId: number): void {
  const group = project.placementGroups.get(groupId);
  if (members(project, group.id).length >= serversPerGroup) {
    throw refused('placement_error', 'error during placement: placement group is full');
  }
}

function members(project: Project, groupId: number): number[] {
  return project.servers
    .all()
    .filter((server) => server.placementGroup === groupId)
    .map((server) => server.id);
}

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  project.assertNameFree(project.placementGroups, body.name);
  const group = project.placementGroups.add({ ...body, id: project.newId(), created: project.now });
  return created({ placement_group: renderPlacementGroup(project, group), action: null });
}

function update(project: Project, call: Call): Answer {
  const group = project.placementGroups.get(call.id);
  const body = checkBody(updateFields, call.body);
  if (body.name !== undefined) {
    project.assertNameFree(project.placementGroups, body.name, { except: group.id });
    group.name = body.name;
  }
  group.labels = body.labels ?? group.labels;
  return ok({ placement_group: renderPlacementGroup(project, group) });
}

function remove(project: Project, call: Call): Answer {
  const group = project.placementGroups.get(call.id);
  if (members(project, group.id).length > 0) {
    throw refused('resource_in_use', `placement group with ID ${group.id} is still in use`);
  }
  project.placementGroups.remove(group.id);
  return deleted;
}
