import { expect, test } from 'vitest';
import { buildImage } from '../../src/flows/build-image.js';
import { create } from '../../src/flows/create.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, type Rehearsal } from '../helpers/rehearsal.js';

const asked = ({ faults }: Rehearsal): readonly string[] =>
  faults.requests.map(({ method, path, query }) => `${method} ${path}?${query}`);

test('a create in a project without anything ends with six Ready nodes and one snapshot', async () => {
  const rehearsal = await rehearse(clusterYaml(3, 3), { empty: true });
  const project = projectOf(rehearsal);
  const snapshots = () => project.list('images').filter((image) => 'os' in image.labels);
  expect(snapshots()).toEqual([]);
  const { ctx, events, plans } = rehearsal.run();
  expect(await create(ctx)).toMatchObject({ kind: 'created', cluster: { changed: true } });
  expect(events).toContainEqual(
    expect.objectContaining({ title: 'Wait until all nodes are Ready', summary: '6 of 6' }),
  );
  expect(plans[0]?.changes[0]).toMatchObject({ kind: 'image', name: 'Talos v1.13.9 (x86)' });
  expect(snapshots()).toHaveLength(1);
  const { servers, firewalls, ssh_keys } = project.snapshot();
  expect([servers, firewalls, ssh_keys].map((list) => list?.length)).toEqual([6, 1, 1]);
});

test('where the snapshot is, nothing is built, and nothing more is asked for than where it always was', async () => {
  const prepared = await rehearse(clusterYaml(1, 0));
  await create(prepared.run().ctx);
  const built = await rehearse(clusterYaml(1, 0), { empty: true });
  const wish = { architecture: undefined, type: undefined, location: undefined };
  await buildImage(built.run().ctx, { ...wish, force: false, verify: false });
  const before = built.faults.requests.length;
  const { ctx, plans } = built.run();
  await create(ctx);
  expect(plans[0]?.changes.map(({ kind }) => kind)).not.toContain('image');
  expect(built.faults.requests.length - before).toBe(prepared.faults.requests.length);
  expect(asked(prepared).filter((request) => /image-build|rescue|system/.test(request))).toEqual(
    [],
  );
});
