import { expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { scale } from '../../src/flows/scale.js';
import { plain } from '../helpers/cluster-yaml.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, type Run } from '../helpers/rehearsal.js';

/** Control planes of one architecture and workers of both. */
const mixed = `cluster_name: demo
hcloud: { location: nbg1 }
control_planes: [{ name: cp, server_type: cx23, count: 1 }]
workers:
  - { name: web, server_type: cx33, count: 1 }
  - { name: small, server_type: cax11, count: 1 }
${plain()}`;

/** When steps of a run began and ended, as `+ title` and `- title`. */
const stepsOf = ({ events }: Run): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'step-start'
      ? `+ ${event.title}`
      : event.type === 'step-done'
        ? `- ${event.title}`
        : [],
  );

test('nodes wait for the image of their own architecture only', async () => {
  const rehearsal = await rehearse(mixed, { empty: true });
  rehearsal.world.cloud.ensureSnapshot({ talosVersion: 'v1.13.9', architecture: 'x86' });
  const run = rehearsal.run();
  await create(run.ctx);
  const steps = stepsOf(run);
  const arm = steps.indexOf('- Make the image Talos v1.13.9 (arm)');
  expect(arm).toBeGreaterThan(steps.indexOf('- Install Cilium'));
  expect(arm).toBeLessThan(steps.indexOf('- Create the workers'));
  expect(steps).not.toContain('+ Make the image Talos v1.13.9 (x86)');
  // The worker that has its image does not wait for the other one's.
  const names = rehearsal.faults.writes.flatMap(({ method, path, body }) =>
    method === 'POST' && /^\/servers$|create_image$/.test(path)
      ? [(body as { name?: string }).name?.replace(/^oxide-image-.*/, 'builder') ?? 'snapshot']
      : [],
  );
  expect(names).toEqual(['builder', 'demo-cp-1', 'demo-web-1', 'snapshot', 'demo-small-1']);
});

test('both images are made at once, and removing their servers holds nothing up', async () => {
  const rehearsal = await rehearse(mixed, { empty: true });
  const run = rehearsal.run();
  await create(run.ctx);
  const steps = stepsOf(run);
  const builds = ['x86', 'arm'].map((name) => `Make the image Talos v1.13.9 (${name})`);
  const [x86 = '', arm = ''] = builds;
  expect(steps.indexOf(`+ ${arm}`)).toBeLessThan(steps.indexOf(`- ${x86}`));
  expect(steps.indexOf('+ Create the control planes')).toBeLessThan(steps.indexOf(`- ${x86}`));
  const beside = ['Create the firewall', 'Fetch the Gateway API and Cilium'];
  for (const one of beside)
    expect(steps.indexOf(`- ${one}`)).toBeLessThan(steps.indexOf(`- ${x86}`));
  const { servers } = projectOf(rehearsal).snapshot();
  expect(servers?.map(({ name }) => name).sort()).toEqual([
    'demo-cp-1',
    'demo-small-1',
    'demo-web-1',
  ]);
});

test('an account that has room for the cluster and no more has it also after a build', async () => {
  const rehearsal = await rehearse(clusterYaml(1, 0), { empty: true });
  rehearsal.world.cloud.setLimit('server_limit', 1);
  expect(await create(rehearsal.run().ctx)).toMatchObject({ kind: 'created' });
  expect(projectOf(rehearsal).list('servers')).toHaveLength(1);
});

test('a build that fails ends the run with its reason; what was made meanwhile is kept', async () => {
  const rehearsal = await rehearse(mixed, { empty: true });
  rehearsal.world.cloud.ensureSnapshot({ talosVersion: 'v1.13.9', architecture: 'x86' });
  rehearsal.faults.add({ path: /create_image$/, fault: { kind: 'action-error' } });
  const run = rehearsal.run();
  await expect(create(run.ctx)).rejects.toThrow(/create_image .* ended in an error/);
  expect(run.events.filter(({ type }) => type === 'warning')).toEqual([]);
  expect(stepsOf(run)).toContain('- Create the control planes');
  const { servers } = projectOf(rehearsal).snapshot();
  expect(servers?.map(({ name }) => name).sort()).toEqual(['demo-cp-1', 'demo-web-1']);
  expect(await create(rehearsal.run().ctx)).toMatchObject({ kind: 'created' });
  expect(projectOf(rehearsal).list('servers')).toHaveLength(3);
});

test('an error of other work is told at once, and the image is made to its end', async () => {
  const rehearsal = await rehearse(clusterYaml(1, 0), { empty: true });
  rehearsal.faults.add({
    ...{ method: 'POST', path: /^\/placement_groups$/, count: Infinity },
    fault: { kind: 'status', status: 403, code: 'forbidden' },
  });
  const run = rehearsal.run();
  await expect(create(run.ctx)).rejects.toThrow(/forbidden/);
  const told = run.events.findIndex(
    (event) => event.type === 'warning' && /forbidden.*\n.*Ctrl-C/s.test(event.message),
  );
  const made = run.events.findIndex(
    (event) => event.type === 'step-done' && event.title.startsWith('Make the image'),
  );
  expect(told).toBeGreaterThan(-1);
  expect(made).toBeGreaterThan(told);
  const { images } = projectOf(rehearsal).snapshot();
  expect(images?.filter(({ labels }) => labels['os'] === 'talos')).toHaveLength(1);
});

test('a scale makes the image that it needs, beside its placement groups', async () => {
  const rehearsal = await rehearse(clusterYaml(1, 1));
  await create(rehearsal.run().ctx);
  for (const { id, labels } of projectOf(rehearsal).list('images'))
    if (labels['os'] === 'talos') projectOf(rehearsal).call('DELETE', `/images/${id}`);
  const run = rehearsal.run();
  const outcome = await scale(run.ctx, {
    wish: { role: 'worker', count: 2, pool: undefined, nodes: [], force: false },
    drainTimeoutMs: 60_000,
    confirm: () => Promise.resolve(true),
  });
  expect(outcome).toMatchObject({ kind: 'scaled', scaled: { added: ['demo-web-2'] } });
  expect(stepsOf(run)).toContain('- Make the image Talos v1.13.9 (x86)');
});
