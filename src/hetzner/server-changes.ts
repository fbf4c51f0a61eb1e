import { relabel, sendChange, type LabelChanges } from './change.js';
import type { Client } from './client.js';
import { holding } from './holding.js';
import type { HetznerReads } from './reads.js';
import { serverSchema, type Action, type Server } from './resources.js';

export interface Attachment {
  readonly network: number;
  /** Without it the server gets the lowest free address. */
  readonly ip?: string;
}

/** Changes to servers. Each returns the actions to wait for. */
export interface ServerChanges {
  /** Changes these labels of the server and leaves its others, which are read unless given. */
  updateServerLabels(
    serverId: number,
    changes: LabelChanges,
    present?: Server['labels'],
  ): Promise<Server>;
  attachToNetwork(serverId: number, attachment: Attachment): Promise<Action[]>;
  powerOn(serverId: number): Promise<Action[]>;
  /** Cuts the power. */
  powerOff(serverId: number): Promise<Action[]>;
  /** The next boot, within an hour, is into the rescue system, which lets these SSH keys in. */
  enableRescue(serverId: number, sshKeys: readonly number[]): Promise<Action[]>;
}

interface PowerChange {
  readonly verb: string;
  /** The command of the action that it begins. */
  readonly command: string;
  /** States of a server that has it behind it. */
  readonly states: readonly string[];
}

const powerOn = { verb: 'poweron', command: 'start_server', states: ['running', 'starting'] };
const powerOff = { verb: 'poweroff', command: 'stop_server', states: ['off'] };

export function createServerChanges(client: Client, reads: HetznerReads): ServerChanges {
  const underWay = async (id: number, command: string): Promise<Action[] | undefined> => {
    const running = (await reads.serverActions(id)).filter((action) => action.command === command);
    return running.length > 0 ? running : undefined;
  };
  const power = (id: number, { verb, command, states }: PowerChange): Promise<Action[]> =>
    sendChange(client, {
      path: `/servers/${id}/actions/${verb}`,
      purpose: `server ${id}: ${verb}`,
      verify: async () =>
        (await underWay(id, command)) ??
        (states.includes((await reads.server(id)).status) ? [] : undefined),
    });
  return {
    updateServerLabels: async (id, changes, present) => {
      const labels = present ?? (await reads.server(id)).labels;
      const request = relabel(`/servers/${id}`, labels, changes);
      return (await client.request(request, holding('server', serverSchema))).server;
    },
    powerOn: (id) => power(id, powerOn),
    powerOff: (id) => power(id, powerOff),
    enableRescue: (id, keys) =>
      sendChange(client, {
        path: `/servers/${id}/actions/enable_rescue`,
        purpose: `server ${id}: rescue system`,
        body: { type: 'linux64', ssh_keys: keys },
        verify: async () =>
          (await underWay(id, 'enable_rescue')) ??
          ((await reads.server(id)).rescue_enabled ? [] : undefined),
      }),
    attachToNetwork: (id, attachment) =>
      sendChange(client, {
        path: `/servers/${id}/actions/attach_to_network`,
        purpose: `attaching server ${id} to network ${attachment.network}`,
        body: attachment,
        verify: async () => {
          const running = await underWay(id, 'attach_to_network');
          if (running) return running;
          const { private_net: nets } = await reads.server(id);
          return nets.some(({ network }) => network === attachment.network) ? [] : undefined;
        },
        already: ['server_already_attached'],
        // A fresh subnet is not known everywhere at once (terraform-provider-hcloud retries, too).
        alsoRefused: ['no_subnet_available'],
      }),
  };
}
