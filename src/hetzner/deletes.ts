import { begunActions } from './change.js';
import type { Client } from './client.js';
import { HetznerError } from './errors.js';
import type { Action } from './resources.js';

/**
 * Things that are removed. Each returns the actions to wait for, often none: what the thing used is
 * free when they have ended, or seconds later. What is gone already is no error.
 */
export interface HetznerDeletes {
  deleteServer(id: number): Promise<Action[]>;
  deleteNetwork(id: number): Promise<Action[]>;
  deleteFirewall(id: number): Promise<Action[]>;
  deleteSshKey(id: number): Promise<Action[]>;
  deleteLoadBalancer(id: number): Promise<Action[]>;
  deleteVolume(id: number): Promise<Action[]>;
  deletePlacementGroup(id: number): Promise<Action[]>;
  deletePrimaryIp(id: number): Promise<Action[]>;
  deleteFloatingIp(id: number): Promise<Action[]>;
  deleteImage(id: number): Promise<Action[]>;
}

/** For some seconds after a server's deletion its firewall and addresses still count as in use. */
const notYetFree = ['resource_in_use', 'must_be_unassigned', 'service_error'];

export function createDeletes(client: Client): HetznerDeletes {
  const removeFrom =
    (collection: string) =>
    async (id: number): Promise<Action[]> => {
      const path = `/${collection}/${id}`;
      const request = { method: 'DELETE', path, purpose: `deleting ${path}` } as const;
      try {
        return await client.request(request, begunActions, { alsoRefused: notYetFree });
      } catch (error) {
        if (error instanceof HetznerError && error.code === 'not_found') return [];
        throw error;
      }
    };

  return {
    deleteServer: removeFrom('servers'),
    deleteNetwork: removeFrom('networks'),
    deleteFirewall: removeFrom('firewalls'),
    deleteSshKey: removeFrom('ssh_keys'),
    deleteLoadBalancer: removeFrom('load_balancers'),
    deleteVolume: removeFrom('volumes'),
    deletePlacementGroup: removeFrom('placement_groups'),
    deletePrimaryIp: removeFrom('primary_ips'),
    deleteFloatingIp: removeFrom('floating_ips'),
    deleteImage: removeFrom('images'),
  };
}
