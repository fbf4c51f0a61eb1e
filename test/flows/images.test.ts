import { describe, expect, test } from 'vitest';
import { deleteImages, listImages, type ImagesPlan } from '../../src/flows/images.js';
import { OxideError } from '../../src/lib/errors.js';
import { parseConfig } from '../../src/config/load.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, rehearseCluster } from '../helpers/rehearsal.js';

const others = [] as const;

/** A project with a cluster, an old snapshot, a protected one, one of an own server, and one that is no Talos. */
async function sharedProject() {
  const rehearsal = await rehearseCluster(clusterYaml(1, 0));
  const project = projectOf(rehearsal);
  const add = (talosVersion: string): number =>
    rehearsal.world.cloud.ensureSnapshot({ talosVersion, architecture: 'x86' });
  const [old, guarded, mail] = [add('v1.12.4'), add('v1.12.5'), add('v1.12.6')];
  project.call('POST', `/images/${guarded}/actions/change_protection`, { delete: true });
  await project.make('servers', {
    name: 'mail',
    server_type: 'cx23',
    location: 'nbg1',
    image: mail,
  });
  const [server] = project.list('servers') as readonly unknown[] as [{ image: { id: number } }];
  const { image } = server;
  const plain = project.list('images').find(({ labels }) => labels['os'] === undefined);
  return { rehearsal, project, ids: { old, guarded, mail, own: image.id, plain: plain?.id ?? 0 } };
}

describe('the snapshots of a project', () => {
  test('are listed with who needs them; what nobody needs goes, and only that', async () => {
    const { rehearsal, project, ids } = await sharedProject();
    const { ctx } = rehearsal.run();
    const listed = await listImages(ctx, { others });
    const needs = Object.fromEntries(
      listed.map(({ id, usedBy, wantedBy }) => [
        id,
        [usedBy.flatMap((use) => use.servers), wantedBy],
      ]),
    );
    expect(needs).toEqual({
      [ids.own]: [['demo-cp-1'], ['demo']],
      [ids.old]: [[], []],
      [ids.guarded]: [[], []],
      [ids.mail]: [['mail'], []],
    });
    let asked: ImagesPlan | undefined;
    const confirm = (plan: ImagesPlan) => Promise.resolve((asked = plan).going.length === 0);
    const prune = { others, ids: undefined, confirm };
    expect(await deleteImages(ctx, prune)).toMatchObject({ kind: 'preview' });
    expect(asked?.going.map(({ id }) => id)).toEqual([ids.old]);
    expect(rehearsal.faults.writes).toEqual([]);
    const yes = { ...prune, confirm: () => Promise.resolve(true) };
    expect(await deleteImages(ctx, yes)).toMatchObject({
      ...{ deleted: [{ id: ids.old }], failed: [] },
      staying: expect.arrayContaining(
        [{ snapshot: { id: ids.guarded } as object, why: 'it is protected from deletion' }].map(
          (one) => expect.objectContaining({ why: one.why }) as object,
        ),
      ) as object,
    });
    const left = project.list('images').map(({ id }) => id);
    expect(left).toEqual(expect.arrayContaining([ids.own, ids.guarded, ids.mail, ids.plain]));
    expect(left).not.toContain(ids.old);
  });

  test('are not deleted by their number when somebody needs them, or they have no Talos', async () => {
    const { rehearsal, ids } = await sharedProject();
    const { ctx } = rehearsal.run();
    const refusal = async (...wanted: readonly number[]): Promise<string> => {
      const confirm = () => Promise.resolve(true);
      const error: unknown = await deleteImages(ctx, { others, ids: wanted, confirm }).catch(
        (reason: unknown) => reason,
      );
      return error instanceof OxideError ? error.message : 'it was not refused';
    };
    expect(await refusal(ids.old, ids.own)).toBe(
      `snapshot ${ids.own} stays: demo-cp-1 came from it`,
    );
    expect(await refusal(ids.guarded)).toContain('it is protected from deletion');
    expect(await refusal(ids.plain)).toBe(
      `there is no Talos snapshot ${ids.plain} in this project`,
    );
    expect(rehearsal.faults.writes).toEqual([]);
  });
});

test('what another cluster wants stays, and so does what a server was made of since the question', async () => {
  const rehearsal = await rehearse(clusterYaml(1, 0));
  const project = projectOf(rehearsal);
  const add = (talosVersion: string): number =>
    rehearsal.world.cloud.ensureSnapshot({ talosVersion, architecture: 'x86' });
  const [wanted, taken] = [add('v1.12.6'), add('v1.12.5')];
  const staging = clusterYaml(1, 0).replace('demo', 'staging');
  const versions = 'talos: { version: v1.12.6, kubernetes_version: 1.34.1 }\n';
  const other = parseConfig(`${staging}${versions}`, { file: 'staging.yaml' });
  const { ctx } = rehearsal.run();
  const outcome = await deleteImages(ctx, {
    ...{ others: [other], ids: undefined },
    confirm: async () => {
      const server = { name: 'new', server_type: 'cx23', location: 'nbg1', image: taken };
      await project.make('servers', server);
      return true;
    },
  });
  expect(outcome).toMatchObject({ kind: 'deleted', deleted: [], failed: [] });
  const left = project.list('images').map(({ id }) => id);
  expect(left).toEqual(expect.arrayContaining([wanted, taken]));
});
