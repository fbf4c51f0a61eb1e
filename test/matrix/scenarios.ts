import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { replace } from '../../src/flows/replace.js';
import { scale } from '../../src/flows/scale.js';
import { ExitCode, OxideError } from '../../src/lib/errors.js';
import type { Role } from '../../src/cluster/state/cluster-state.js';
import type { AddonFailure } from '../../src/steps/addons/install.js';
import type { Run } from '../helpers/compose-run.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml } from '../helpers/cluster-yaml.js';
import {
  beginFrom,
  copyOf,
  openRehearsal,
  prepared,
  type Prepared,
  type Rehearsal,
} from '../helpers/open-rehearsal.js';

/** A command, and the world that it begins in. */
export interface Scenario {
  readonly name: string;
  begin(): Promise<Rehearsal>;
  /** Runs it. Throws what the command would end with. */
  command(run: Run): Promise<void>;
  /** False when no Kubernetes is left to be asked. */
  readonly leavesCluster: boolean;
  /** A new worker may get the address of the one that it replaces, or another one if that is not free yet. */
  readonly workersTakeAnyAddress?: true;
  /** Told of all that happens, and asked afterwards what was wrong with it. */
  readonly watch?: (rehearsal: Rehearsal) => () => Promise<readonly string[]>;
}

export async function createScenario(yaml: string): Promise<Scenario> {
  const empty = await projectWithBystander(yaml);
  return {
    name: 'create',
    begin: () => beginFrom(empty),
    command: async ({ ctx }) => {
      const outcome = await create(ctx);
      if (outcome.kind === 'created') demandAddons(outcome.cluster.failedAddons);
    },
    leavesCluster: true,
  };
}

/** A warning with exit code 5: the next run tries again. */
function demandAddons(failed: readonly AddonFailure[]): void {
  if (failed.length === 0) return;
  const reasons = failed.map(({ name, reason }) => `${name}: ${reason}`).join('\n');
  throw new OxideError(reasons, { exitCode: ExitCode.partial, hint: 'The same command goes on.' });
}

export interface ScaleStart {
  readonly name: string;
  readonly role: Role;
  readonly yaml: string;
  readonly count: number;
}

export async function scaleScenario({ yaml, ...start }: ScaleStart): Promise<Scenario> {
  return scaleFrom(await clusterBegin(yaml), start);
}

/** The same in a world that was prepared already. */
export function scaleFrom(
  begin: Scenario['begin'],
  { name, role, count }: Omit<ScaleStart, 'yaml'>,
): Scenario {
  const wish = { role, count, pool: undefined, nodes: [], force: false };
  return {
    name,
    begin,
    command: async ({ ctx }) => {
      const confirm = (): Promise<boolean> => Promise.resolve(true);
      await scale(ctx, { wish, drainTimeoutMs: 10 * 60_000, confirm });
    },
    leavesCluster: true,
  };
}

/** Makes nodes anew that are alive. */
export async function replaceScenario(yaml: string, names: readonly string[]): Promise<Scenario> {
  return replaceFrom(await clusterBegin(yaml), names);
}

/** A project with the cluster of this cluster.yaml. */
export function clusterBegin(yaml: string): Promise<Scenario['begin']> {
  return beginning(yaml, async (rehearsal) => {
    await create(rehearsal.run().ctx);
  });
}

export function replaceFrom(begin: Scenario['begin'], names: readonly string[]): Scenario {
  return {
    name: `replace ${names.join(' ')}`,
    begin,
    command: async ({ ctx }) => {
      const confirm = (): Promise<boolean> => Promise.resolve(true);
      await replace(ctx, { names, force: false, drainTimeoutMs: 10 * 60_000, confirm });
    },
    leavesCluster: true,
    workersTakeAnyAddress: true,
  };
}

export async function destroyScenario(yaml: string): Promise<Scenario> {
  return {
    name: 'destroy',
    begin: await beginning(yaml, async (rehearsal) => {
      await create(rehearsal.run().ctx);
      await leaveControllersThings(rehearsal);
    }),
    command: async ({ ctx }) => {
      const outcome = await destroy(ctx, {
        ...{ deleteVolumes: true, deleteLoadBalancers: true, dryRun: false },
        confirm: () => Promise.resolve(true),
      });
      if (outcome.kind === 'preview' || outcome.left.length === 0) return;
      const names = outcome.left.map(({ resource, why }) => `${resource.name}: ${why}`);
      throw new OxideError(`left behind: ${names.join('; ')}`, {
        hint: 'The same command goes on from here.',
        exitCode: ExitCode.partial,
      });
    },
    leavesCluster: false,
  };
}

/** Prepares the world once; every cell begins with a copy of it. */
async function beginning(
  yaml: string,
  prepare: (rehearsal: Rehearsal) => Promise<void>,
): Promise<() => Promise<Rehearsal>> {
  const empty = await projectWithBystander(yaml);
  const first = await openRehearsal(yaml, { folder: copyOf(empty) });
  await prepare(first);
  const kept = await prepared(yaml, first);
  return () => beginFrom(kept);
}

/** A project in which nothing of the cluster exists. */
export async function projectWithBystander(yaml: string): Promise<Prepared> {
  const first = await openRehearsal(yaml);
  await addBystander(first);
  return prepared(yaml, first);
}

/** Somebody else works in the same project. */
async function addBystander(rehearsal: Rehearsal): Promise<void> {
  const project = projectOf(rehearsal);
  const labels = { team: 'other' };
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEvN9oSyr3SSZeLG8XuDdkQRm4dQ8pHdnMNUqGVfUkc1 x';
  await project.make('ssh_keys', { name: 'other', public_key: key, labels });
  const network = await project.make('networks', {
    name: 'other',
    ip_range: '10.0.0.0/16',
    subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' }],
    labels,
  });
  const firewall = await project.make('firewalls', { name: 'other', rules: [], labels });
  await project.make('servers', {
    name: 'other-1',
    server_type: 'cx23',
    image: 'debian-13',
    location: 'nbg1',
    ssh_keys: ['other'],
    networks: [network],
    firewalls: [{ firewall }],
    labels,
  });
  await project.make('placement_groups', { name: 'other', type: 'spread', labels });
  await project.make('primary_ips', { name: 'other', type: 'ipv4', location: 'nbg1', labels });
  await project.make('volumes', { name: 'other', size: 10, location: 'nbg1', labels });
}

/** What a cloud controller and a storage driver leave behind in the cluster's surroundings. */
async function leaveControllersThings(rehearsal: Rehearsal): Promise<void> {
  const project = projectOf(rehearsal);
  const idOf = (collection: 'servers' | 'networks', name: string): number =>
    project.list(collection).find((one) => one.name === name)?.id ?? 0;
  await project.make('load_balancers', {
    name: 'ingress',
    load_balancer_type: 'lb11',
    location: 'nbg1',
    network: idOf('networks', 'demo'),
    labels: { 'hcloud-ccm/service-uid': '6f0d' },
  });
  await project.make('volumes', {
    name: 'pvc-1',
    size: 10,
    server: idOf('servers', 'demo-web-1'),
    labels: { 'managed-by': 'csi-driver' },
  });
}

export const small = clusterYaml(1, 1);
