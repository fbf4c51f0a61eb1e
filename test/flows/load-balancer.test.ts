import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, rehearseCluster, type Rehearsal } from '../helpers/rehearsal.js';

const yaml = (controlPlanes: number, workers = 0, more = ''): string =>
  `${clusterYaml(controlPlanes, workers)}api: { endpoint: load_balancer${more} }\n`;

interface Balancer {
  readonly id: number;
  readonly public_net: { readonly enabled: boolean };
  readonly private_net: readonly { readonly ip: string }[];
  readonly targets: readonly {
    readonly server: { readonly id: number };
    readonly use_private_ip: boolean;
    readonly health_status: readonly { readonly status: string }[];
  }[];
}

function balancersOf(rehearsal: Rehearsal): readonly Balancer[] {
  return projectOf(rehearsal).list('load_balancers') as unknown as readonly Balancer[];
}

/** Names of the servers that it leads to, privately and in good health. */
function healthyTargets(rehearsal: Rehearsal): readonly string[] {
  const servers = projectOf(rehearsal).list('servers');
  return balancersOf(rehearsal)
    .flatMap(({ targets }) => targets)
    .filter((target) => target.use_private_ip)
    .filter(({ health_status: all }) => all.every(({ status }) => status === 'healthy'))
    .map(({ server }) => servers.find(({ id }) => id === server.id)?.name ?? 'gone')
    .sort();
}

describe('a cluster with a load balancer', () => {
  test('is made with all control planes as targets, and a second run changes nothing', async () => {
    const rehearsal = await rehearse(yaml(3, 1));
    const run = rehearsal.run();
    await expect(create(run.ctx)).resolves.toMatchObject({ kind: 'created' });
    expect(run.plans[0]?.changes).toContainEqual({
      ...{ action: 'create', kind: 'load-balancer', name: 'demo' },
      detail: 'lb11 in nbg1, 10.0.1.254, private',
      monthly: { net: 7.49, gross: 7.49, currency: 'EUR' },
    });
    expect(healthyTargets(rehearsal)).toEqual(['demo-cp-1', 'demo-cp-2', 'demo-cp-3']);
    expect(balancersOf(rehearsal)).toMatchObject([
      { public_net: { enabled: false }, private_net: [{ ip: '10.0.1.254' }] },
    ]);
    const config = await readFile(rehearsal.files.machineConfig('web'), 'utf8');
    expect(config).toContain('https://10.0.1.254:6443');
    const again = rehearsal.run();
    await expect(create(again.ctx)).resolves.toMatchObject({ cluster: { changed: false } });
    expect(again.plans[0]?.changes).toEqual([]);
  });

  test('goes with all of it', async () => {
    const rehearsal = await rehearseCluster(yaml(1));
    const outcome = await destroy(rehearsal.run().ctx, {
      ...{ deleteVolumes: false, deleteLoadBalancers: false, dryRun: false },
      confirm: () => Promise.resolve(true),
    });
    expect(outcome).toMatchObject({ kind: 'destroyed', left: [] });
    expect(balancersOf(rehearsal)).toEqual([]);
    expect(projectOf(rehearsal).list('networks')).toEqual([]);
  });
});
