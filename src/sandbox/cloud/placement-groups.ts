import { z } from 'zod';
import { limitExceeded, refused } from './api-error.js';
import { checkBody } from './body.js';
import { nameField } from './fields.js';
import { labelsField } from './labels.js';
import type { Project } from './project.js';
import type { PlacementGroupRecord } from './records.js';
import { resourceRoutes } from './resource-routes.js';
import { created, deleted, type Answer, type Call, type Route } from './route.js';
import { timestamp } from './time.js';

/** Hetzner docs, "Placement groups". */
const serversPerGroup = 10;
const groupsPerProject = 50;

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
  ...resourceRoutes({
    plural: 'placement_groups',
    singular: 'placement_group',
    table: (project) => project.placementGroups,
    render: renderPlacementGroup,
    filters: { type: (group) => group.type },
    enums: { type: ['spread'] },
    changes: updateFields,
  }),
  ['POST', '/placement_groups', create],
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
    // Seen live: hetznercloud/terraform-provider-hcloud issue 1170, 2025-08.
    throw refused(
      'placement_group_member_limit_reached',
      `placement group with ID ${group.id} contains already ${serversPerGroup} servers`,
    );
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
  if (project.placementGroups.all().length >= groupsPerProject) {
    throw limitExceeded('placement_group_limit', 'placement group limit exceeded');
  }
  const group = project.placementGroups.add({ ...body, id: project.newId(), created: project.now });
  return created({ placement_group: renderPlacementGroup(project, group), action: null });
}

function remove(project: Project, call: Call): Answer {
  const group = project.placementGroups.get(call.id);
  if (members(project, group.id).length > 0) {
    throw refused('resource_in_use', `placement group with ID ${group.id} is still in use`);
  }
  project.placementGroups.remove(group.id);
  return deleted;
}
