import { expect, test } from 'vitest';
import { temporaryLabels, type ImageIdentity } from '../../src/cluster/catalogue/image-builds.js';
import { leaseLabels } from '../../src/cluster/state/lease.js';
import type { DestroyPlan } from '../../src/cluster/plan/destroy-plan.js';
import { destroy } from '../../src/flows/destroy.js';
import { deleteImages, type ImagesPlan } from '../../src/flows/images.js';
import { status } from '../../src/flows/status.js';
import { projectOf, type Project } from '../helpers/project.js';
import { clusterYaml, rehearseCluster, type Rehearsal } from '../helpers/rehearsal.js';

const identity: ImageIdentity = {
  architecture: 'x86',
  version: 'v1.13.9',
  schematic: '376567988ad370138ad8b2698212367b',
};
const name = 'oxide-image-x86-0badcafe';

/** A cluster, and all that a build of an image can have beside it; the lease ends in so many ms. */
async function clusterAndBuild(
  leaseMs: number,
): Promise<{ rehearsal: Rehearsal; project: Project }> {
  const rehearsal = await rehearseCluster(clusterYaml(1, 0));
  const project = projectOf(rehearsal);
  const labels = temporaryLabels(identity, '0badcafe');
  const until = rehearsal.clock.now() + 240_000 + leaseMs;
  const held = { ...labels, ...leaseLabels({ id: 'somebody', host: 'laptop', until }) };
  await project.make('firewalls', { name, labels: held });
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEvN9oSyr3SSZeLG8XuDdkQRm4dQ8pHdnMNUqGVfUkc1 x';
  await project.make('ssh_keys', { name, public_key: key, labels: held });
  const order = { server_type: 'cx23', location: 'nbg1', image: 'debian-13' };
  const server = await project.make('servers', { name, ...order, labels: held });
  project.call('POST', `/servers/${server}/actions/create_image`, { type: 'snapshot', labels });
  await rehearsal.clock.sleep(60_000);
  return { rehearsal, project };
}

/** What there is of the build. */
const partsOf = (project: Project): readonly string[] =>
  Object.entries(project.snapshot())
    .flatMap(([kind, items]) =>
      items.filter(({ labels }) => labels['image-build'] === '0badcafe').map(() => kind),
    )
    .sort();

const all = ['firewalls', 'images', 'servers', 'ssh_keys'];
const others = [] as const;
const left =
  /^a build of Talos v1\.13\.9 \(x86\) that was stopped left the server oxide-image-x86-0badcafe \(cx23 in nbg1\), the firewall oxide-image-x86-0badcafe, the SSH key oxide-image-x86-0badcafe and the unfinished snapshot \d+, €5\.99 net a month$/;
const running =
  /^An oxide on laptop makes Talos v1\.13\.9 \(x86\) with the server oxide-image-x86-0badcafe \(cx23 in nbg1\), €5\.99 net a month, and removes it afterwards\./;

/** Asks for a destroy, and carries it out unless it is only looked at. */
async function destroyed(rehearsal: Rehearsal): Promise<DestroyPlan> {
  const { plan } = await destroy(rehearsal.run().ctx, {
    ...{ deleteVolumes: false, deleteLoadBalancers: false, dryRun: false },
    confirm: () => Promise.resolve(true),
  });
  return plan;
}

test('what a killed build left is named with its price, and removed by the command that is named', async () => {
  const { rehearsal, project } = await clusterAndBuild(-1);
  const problems = (await status(rehearsal.run().ctx)).status.problems;
  expect(problems.filter(({ code }) => code === 'image-build-left')).toEqual([
    {
      code: 'image-build-left',
      message: expect.stringMatching(left) as string,
      hint: expect.stringContaining('image prune') as string,
    },
  ]);
  const before = project.snapshot();
  const confirm = (plan: ImagesPlan) => Promise.resolve(plan.builds.left.length === 4);
  const outcome = await deleteImages(rehearsal.run().ctx, { others, ids: undefined, confirm });
  expect(outcome).toMatchObject({ kind: 'deleted', deleted: [] });
  expect(partsOf(project)).toEqual([]);
  const isOthers = ({ labels }: { labels: object }): boolean => !('image-build' in labels);
  const after = project.snapshot();
  for (const kind of ['servers', 'firewalls', 'ssh_keys', 'images'])
    expect(after[kind]?.map(({ id }) => id)).toEqual(
      before[kind]?.filter(isOthers).map(({ id }) => id),
    );
});

test('a build that goes on is told of, and neither a destroy nor a prune touches it', async () => {
  const { rehearsal, project } = await clusterAndBuild(240_000);
  const report = await status(rehearsal.run().ctx);
  expect(report.remarks).toContainEqual(expect.stringMatching(running));
  expect(report.status.problems.map(({ code }) => code)).not.toContain('image-build-left');
  const confirm = (plan: ImagesPlan) => Promise.reject(new Error(`${plan.going.length} go`));
  const pruned = await deleteImages(rehearsal.run().ctx, { others, ids: undefined, confirm });
  expect(pruned).toMatchObject({ kind: 'preview', plan: { builds: { left: [] } } });
  const plan = await destroyed(rehearsal);
  expect(plan.notes).toEqual([expect.stringMatching(running)]);
  expect(plan.stages.flat().filter((resource) => resource.name === name)).toEqual([]);
  expect(partsOf(project)).toEqual(all);
});

test('a destroy and a status name what a killed build left, also when nothing of the cluster is there', async () => {
  const { rehearsal, project } = await clusterAndBuild(-1);
  for (const plan of [await destroyed(rehearsal), await destroyed(rehearsal)]) {
    expect(plan.notes).toEqual([expect.stringMatching(/^A build of Talos .* stopped left/)]);
  }
  await expect(status(rehearsal.run().ctx)).rejects.toMatchObject({
    message: 'the cluster "demo" does not exist in this project',
    hint: expect.stringMatching(
      /oxide create\S*\nA build of Talos .* stopped left .* removes it/,
    ) as string,
  });
  expect(partsOf(project)).toEqual(all);
});

test('a look at a project without builds asks for nothing more', async () => {
  const rehearsal = await rehearseCluster(clusterYaml(1, 0));
  await status(rehearsal.run().ctx);
  await destroyed(rehearsal);
  const asked = rehearsal.faults.requests.filter(({ query }) => query.includes('image-build'));
  expect(asked).toEqual([]);
});
