import { z } from 'zod';
import type { Client } from './client.js';
import { HetznerError } from './errors.js';
import { actionSchema, type Action } from './resources.js';

/** Things that are removed. What is gone already is no error. */
export interface HetznerDeletes {
  /** Name, addresses and firewall are free when the action has ended, or seconds later. */
  deleteServer(id: number): Promise<Action[]>;
  deleteNetwork(id: number): Promise<void>;
  deleteFirewall(id: number): Promise<void>;
  deleteSshKey(id: number): Promise<void>;
  deleteLoadBalancer(id: number): Promise<void>;
  deleteVolume(id: number): Promise<void>;
  deletePlacementGroup(id: number): Promise<void>;
  deletePrimaryIp(id: number): Promise<void>;
}

/** For some seconds after a server's deletion its firewall and addresses still count as in use. */
const notYetFree = ['resource_in_use', 'must_be_unassigned', 'service_error'];

export function createDeletes(client: Client): HetznerDeletes {
  const remove = async <S extends z.ZodType>(
    path: string,
    schema: S,
  ): Promise<z.output<S> | undefined> => {
    const request = { method: 'DELETE', path, purpose: `deleting ${path}` } as const;
    try {
      return await client.request(request, schema, { alsoRefused: notYetFree });
    } catch (error) {
      if (error instanceof HetznerError && error.code === 'not_found') return undefined;
      throw error;
    }
  };
  const removeFrom = (collection: string) => async (id: number) => {
    await remove(`/${collection}/${id}`, z.unknown());
  };
  const withAction = z.object({ action: actionSchema });

  return {
    deleteServer: async (id) => {
      const answer = await remove(`/servers/${id}`, withAction);
      return answer ? [answer.action] : [];
    },
    deleteNetwork: removeFrom('networks'),
    deleteFirewall: removeFrom('firewalls'),
    deleteSshKey: removeFrom('ssh_keys'),
    deleteLoadBalancer: removeFrom('load_balancers'),
    deleteVolume: removeFrom('volumes'),
    deletePlacementGroup: removeFrom('placement_groups'),
    deletePrimaryIp: removeFrom('primary_ips'),
  };
}
