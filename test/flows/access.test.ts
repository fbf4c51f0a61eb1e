import { createHash } from 'node:crypto';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { accessKubernetes, accessTalos } from '../../src/flows/access.js';
import { create } from '../../src/flows/create.js';
import { status } from '../../src/flows/status.js';
import { oxide } from '../../src/lib/commands.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, rehearseCluster, type Rehearsal } from '../helpers/rehearsal.js';
import { shortLived } from '../helpers/short-lived.js';

let rehearsal: Rehearsal;
beforeEach(async () => {
  rehearsal = await rehearseCluster(clusterYaml(1, 0));
});

const text = (path: string) => readFile(path, 'utf8');

/** The kept kubeconfig or talosconfig, with a certificate that ends in ten days. */
async function withEndingCertificate(path: string, field: string): Promise<string> {
  const [, crt = ''] = new RegExp(`${field}: (\\S+)`).exec(await text(path)) ?? [];
  const ending = (await text(path)).replace(crt, await shortLived(10));
  await writeFile(path, ending);
  return ending;
}

const warnings = (events: readonly { type: string }[]) =>
  events.flatMap((event) =>
    event.type === 'warning' ? [(event as unknown as { message: string }).message] : [],
  );

describe('the kubeconfig', () => {
  test('is fetched again with a new client certificate, and works', async () => {
    const { files } = rehearsal;
    const before = await text(files.kubeconfig);
    const run = rehearsal.run();
    const access = await accessKubernetes(run.ctx);
    expect(access).toMatchObject({ cluster: 'demo', kubeconfig: files.kubeconfig, merged: null });
    expect(access.endpoint).toMatch(/^https:\/\/[\d.]+:6443$/);
    expect(await text(files.kubeconfig)).not.toBe(before);
    expect((await status(rehearsal.run().ctx)).status.healthy).toBe(true);
    expect(warnings(run.events)).toEqual([]);
  });

  test('comes back when it and the talosconfig are lost', async () => {
    const { files } = rehearsal;
    await rm(files.kubeconfig);
    await rm(files.talosconfig);
    await accessKubernetes(rehearsal.run().ctx);
    expect((await status(rehearsal.run().ctx)).status.healthy).toBe(true);
  });

  test('is replaced with a warning when its certificate ends soon', async () => {
    const { files } = rehearsal;
    const ending = await withEndingCertificate(files.kubeconfig, 'client-certificate-data');
    const { problems, healthy } = (await status(rehearsal.run().ctx)).status;
    expect(problems).toEqual([
      expect.objectContaining({
        code: 'certificate-ends',
        hint: `${oxide`kubeconfig`} makes it again`,
      }),
    ]);
    expect(healthy).toBe(true);
    const run = rehearsal.run();
    await accessKubernetes(run.ctx);
    expect(warnings(run.events)[0]).toMatch(
      /ends on \d{4}-\d\d-\d\d \(in \d+ days\); a new one is made$/,
    );
    expect(await text(files.kubeconfig)).not.toBe(ending);
    expect((await status(rehearsal.run().ctx)).status.problems).toEqual([]);
  });

  test('is also made anew by a create when its certificate ends soon', async () => {
    const { files } = rehearsal;
    await withEndingCertificate(files.kubeconfig, 'client-certificate-data');
    await withEndingCertificate(files.talosconfig, 'crt');
    await create(rehearsal.run().ctx);
    expect((await status(rehearsal.run().ctx)).status.problems).toEqual([]);
  });

  test('is not made without the secrets, nor for a cluster that does not exist', async () => {
    const empty = await rehearse(clusterYaml(1, 0));
    await expect(accessKubernetes(empty.run().ctx)).rejects.toMatchObject({ exitCode: 3 });
    await rm(rehearsal.files.secrets);
    await expect(accessKubernetes(rehearsal.run().ctx)).rejects.toThrow('exists, but');
  });

  test('says that no control plane runs', async () => {
    const project = projectOf(rehearsal);
    const [server] = project.list('servers');
    project.call('POST', `/servers/${server?.id ?? 0}/actions/poweroff`);
    await rehearsal.clock.sleep(60_000);
    await expect(accessKubernetes(rehearsal.run().ctx)).rejects.toMatchObject({
      message: 'no control plane of the cluster "demo" runs',
      exitCode: 3,
    });
  });
});

describe('a merge into the own kubeconfig', () => {
  const own = () => join(dirname(rehearsal.files.folder), 'home', 'config');
  const merge = (context = 'demo') =>
    accessKubernetes(rehearsal.run().ctx, { path: own(), context });

  const foreign =
    'apiVersion: v1\nkind: Config\nclusters: # mine\n- name: a\n  cluster: {server: x}\n';

  test('makes the file when there is none', async () => {
    const { merged } = await merge();
    expect(merged).toEqual({ path: own(), context: 'demo', backup: null });
    expect(parse(await text(own()))).toMatchObject({ 'current-context': 'demo' });
  });

  test('keeps what it was beside it, and what was in it', async () => {
    await merge();
    await writeFile(own(), foreign);
    const { merged } = await merge('prod');
    expect(await text(merged?.backup ?? '')).toBe(foreign);
    const after = await text(own());
    expect(after.startsWith(foreign)).toBe(true);
    expect(after).toContain('- name: prod');
    expect(after).toContain('admin@prod');
    expect(await readdir(dirname(own()))).toHaveLength(2);
  });

  test.skipIf(process.platform === 'win32')('leaves a link a link', async () => {
    await merge();
    const real = join(dirname(own()), 'real');
    await writeFile(real, foreign);
    await rm(own());
    await symlink(real, own());
    const { merged } = await merge();
    expect(merged?.path.endsWith('real')).toBe(true);
    expect(await text(real)).toContain('admin@demo');
  });

  test('touches nothing when the name belongs to another cluster', async () => {
    await merge();
    const taken = 'clusters:\n- name: demo\n  cluster: {certificate-authority-data: eA==}\n';
    await writeFile(own(), taken);
    await expect(merge()).rejects.toMatchObject({ exitCode: 3 });
    expect(await text(own())).toBe(taken);
    expect(await readdir(dirname(own()))).toEqual(['config']);
  });
});

describe('the talosconfig', () => {
  test('is made again from the same secrets', async () => {
    const { files } = rehearsal;
    const before = await text(files.talosconfig);
    const secrets = createHash('sha256')
      .update(await text(files.secrets))
      .digest('hex');
    const access = await accessTalos(rehearsal.run().ctx);
    expect(access.endpoints).toHaveLength(1);
    expect(await text(files.talosconfig)).not.toBe(before);
    expect(
      createHash('sha256')
        .update(await text(files.secrets))
        .digest('hex'),
    ).toBe(secrets);
    expect((await status(rehearsal.run().ctx)).status.servers[0]?.etcd?.healthy).toBe(true);
  });
});
