import { z } from 'zod';
import type { Effect } from './action-records.js';
import { invalidField, refused } from './api-error.js';
import { checkBody } from './body.js';
import { idField, noBody } from './fields.js';
import { hostFor } from './hosts.js';
import { assertPlaceable } from './placement-groups.js';
import type { NewAction, Project } from './project.js';
import { isBlank } from './machine-room.js';
import type { ServerRecord } from './records.js';
import { created, type Answer, type Call, type Handler, type Route } from './route.js';
import { begin, route, unlocked } from './server-action.js';
import { createImage, disableBackup, enableBackup } from './server-images.js';
import { attachToNetwork, changeAliasIps, detachFromNetwork } from './server-network-actions.js';
import { changeType, rebuild } from './server-rebuild.js';
import { durationOf } from '../timings.js';

export const serverActionRoutes: readonly Route[] = [
  route('poweron', powerOn),
  route('poweroff', withoutBody('stop_server', 'stopServer', stop)),
  route('shutdown', withoutBody('shutdown_server', 'otherAction', shutdown)),
  route('reboot', withoutBody('reboot_server', 'rebootServer', restart)),
  route('reset', withoutBody('reset_server', 'rebootServer', restart)),
  route('attach_to_network', attachToNetwork),
  route('detach_from_network', detachFromNetwork),
  route('change_alias_ips', changeAliasIps),
  route('change_protection', changeProtection),
  route('enable_rescue', enableRescue),
  route('disable_rescue', withoutBody('disable_rescue', 'otherAction', disableRescue)),
  route('rebuild', rebuild),
  route('change_type', changeType),
  route('create_image', createImage),
  route('enable_backup', withoutBody('enable_backup', 'otherAction', enableBackup)),
  route('disable_backup', withoutBody('disable_backup', 'otherAction', disableBackup)),
  route('add_to_placement_group', addToPlacementGroup),
  route(
    'remove_from_placement_group',
    withoutBody('remove_from_placement_group', 'otherAction', leaveGroup),
  ),
];

type Change = (project: Project, server: ServerRecord) => Effect | undefined;

function withoutBody(command: string, duration: NewAction['duration'], change: Change): Handler {
  return (project, call) => {
    checkBody(noBody, call.body);
    const server = unlocked(project, call);
    const effect = change(project, server);
    return created({
      action: begin(project, server, { command, duration, ...(effect ? { effect } : {}) }),
    });
  };
}

function powerOn(project: Project, call: Call): Answer {
  checkBody(noBody, call.body);
  const server = unlocked(project, call);
  if (server.ipv4 === null && server.ipv6 === null && server.privateNets.length === 0) {
    throw invalidField('server', 'a server needs a network', 'server has no network attached');
  }
  if (server.status === 'off') server.status = 'starting';
  const effect = { kind: 'server-started', server: server.id } as const;
  return created({
    action: begin(project, server, { command: 'start_server', duration: 'startServer', effect }),
  });
}

function stop(_project: Project, server: ServerRecord): Effect {
  if (server.status === 'running') server.status = 'stopping';
  return { kind: 'server-stopped', server: server.id };
}

/** The action only presses the power button: the operating system takes its own time. */
function shutdown(project: Project, server: ServerRecord): undefined {
  // A disk that nothing starts from has no operating system that hears the power button.
  if (server.status !== 'running' || (!server.inRescue && isBlank(server.disk))) return;
  server.offAt = project.now + durationOf('shutdownServer');
}

function restart(_project: Project, server: ServerRecord): Effect {
  if (server.status !== 'running') {
    throw refused('server_not_running', 'server is not running');
  }
  return { kind: 'server-restarted', server: server.id };
}

function disableRescue(_project: Project, server: ServerRecord): undefined {
  server.rescueNext = null;
}

function leaveGroup(_project: Project, server: ServerRecord): undefined {
  if (server.placementGroup === null) {
    throw refused('not_in_placement_group', 'server is not in a placement group');
  }
  server.placementGroup = null;
}

function changeProtection(project: Project, call: Call): Answer {
  const fields = z.strictObject({
    delete: z.boolean().optional(),
    rebuild: z.boolean().optional(),
  });
  const body = checkBody(fields, call.body);
  if (body.delete !== body.rebuild || body.delete === undefined) {
    throw invalidField('rebuild', 'delete and rebuild protection must be the same');
  }
  const server = unlocked(project, call);
  server.protection = body.delete;
  const action = { command: 'change_protection', duration: 'otherAction' } as const;
  return created({ action: begin(project, server, action) });
}

function enableRescue(project: Project, call: Call): Answer {
  const fields = z.strictObject({
    type: z.literal('linux64').default('linux64'),
    ssh_keys: z.array(idField).default([]),
  });
  const body = checkBody(fields.prefault({}), call.body);
  const server = unlocked(project, call);
  const sshKeys = body.ssh_keys.map((id) => project.sshKeys.get(id).publicKey);
  const effect = { kind: 'rescue-enabled', server: server.id, sshKeys } as const;
  const action = { command: 'enable_rescue', duration: 'otherAction', effect } as const;
  return created({ root_password: project.random.hex(20), action: begin(project, server, action) });
}

function addToPlacementGroup(project: Project, call: Call): Answer {
  const body = checkBody(z.strictObject({ placement_group: idField }), call.body);
  const server = unlocked(project, call);
  if (server.status !== 'off') throw refused('server_not_stopped', 'server must be powered off');
  if (server.placementGroup !== null) {
    throw refused('already_in_placement_group', 'server is already in a placement group');
  }
  assertPlaceable(project, body.placement_group);
  server.host = hostFor(project, { location: server.location, group: body.placement_group });
  server.placementGroup = body.placement_group;
  const also = { id: body.placement_group, type: 'placement_group' } as const;
  const action = { command: 'add_to_placement_group', duration: 'otherAction', also } as const;
  return created({ action: begin(project, server, action) });
}
