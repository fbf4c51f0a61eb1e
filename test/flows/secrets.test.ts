import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { accessTalos } from '../../src/flows/access.js';
import { create } from '../../src/flows/create.js';
import { exportSecrets, importSecrets, type ImportRequest } from '../../src/flows/secrets.js';
import { ExitCode, InterruptedError, OxideError, PreconditionError } from '../../src/lib/errors.js';
import { ensurePrivateFolder } from '../../src/lib/files.js';
import { Secret } from '../../src/lib/secret.js';
import { ClusterFiles, type FlowContext } from '../../src/steps/run/context.js';
import { observeCluster } from '../../src/steps/observe/observe.js';
import { createSshKeyPair } from '../../src/tools/ssh-key.js';
import { seal } from '../../src/tools/sealed-archive.js';
import { clusterYaml, rehearse, rehearseCluster, type Rehearsal } from '../helpers/rehearsal.js';

const yaml = clusterYaml(1, 0);
const passphrase = () => Promise.resolve(new Secret('four words nobody says'));
const workFactor = 10;
const names = ['id_ed25519', 'id_ed25519.pub', 'secrets.yaml', 'talosconfig', 'volumes.passphrase'];

let rehearsal: Rehearsal;
let copy: string;

beforeEach(async () => {
  rehearsal = await rehearseCluster(yaml);
  copy = join(dirname(rehearsal.files.folder), 'demo-secrets.age');
  await writeFile(rehearsal.files.volumesPassphrase, 'open them with this\n', { mode: 0o600 });
});

const keep = (ctx: FlowContext = rehearsal.run().ctx, file = copy) =>
  exportSecrets(ctx, { file, passphrase, workFactor });

const text = (path: string) => readFile(path, 'utf8');

/** The same cluster seen from an empty folder of another machine. */
function elsewhere(from = rehearsal): FlowContext {
  return { ...from.run().ctx, files: new ClusterFiles(join(dirname(copy), 'other', 'output')) };
}

function bringBack(ctx: FlowContext, request: Partial<ImportRequest> = {}) {
  return importSecrets(ctx, {
    ...{ file: copy, passphrase, look: () => observeCluster(ctx) },
    hold: async (write) => {
      await ensurePrivateFolder(ctx.files.folder);
      await write();
    },
    ...request,
  });
}

async function refusal(outcome: Promise<unknown>, exitCode: number = ExitCode.precondition) {
  const error = await outcome.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof OxideError)) throw error;
  expect(error.exitCode).toBe(exitCode);
  return { message: error.message, hint: error.hint ?? '' };
}

const inFolder = (path: string) => readdir(path).catch(() => []);

/** A copy as somebody else may have made it. */
async function plant(files: Readonly<Record<string, string>>): Promise<void> {
  const sealed = await seal(new Map(Object.entries(files)), {
    passphrase: await passphrase(),
    workFactor,
  });
  await writeFile(copy, sealed);
}

describe('a copy of the secrets', () => {
  test('brings a cluster back to a machine that has nothing, and create goes on there', async () => {
    const { ctx } = rehearsal.run();
    const exported = await keep(ctx);
    expect(exported).toMatchObject({ cluster: 'demo', file: copy });
    expect([...exported.contents].sort()).toEqual(names);

    const there = elsewhere();
    const imported = await bringBack(there);
    expect(imported.written.map((path) => basename(path)).sort()).toEqual(names);
    expect(imported).toMatchObject({ kept: [], comparison: { is: 'same' } });
    expect(imported.caFingerprint).toBe(exported.caFingerprint);
    for (const name of names) {
      expect(await text(join(there.files.folder, name))).toBe(
        await text(join(ctx.files.folder, name)),
      );
    }
    const made = () => rehearsal.faults.writes.filter(({ method }) => method === 'POST');
    const before = made().length;
    const outcome = await create(there);
    expect(outcome).toMatchObject({ kind: 'created', founded: false });
    expect(made()).toHaveLength(before);
    expect(await create(there)).toMatchObject({ cluster: { changed: false } });
  });

  test.skipIf(process.platform === 'win32')(
    'is for its owner only, and its folder stays',
    async () => {
      const folder = join(dirname(copy), 'usb');
      await mkdir(folder);
      await chmod(folder, 0o755);
      await keep(rehearsal.run().ctx, join(folder, 'demo.age'));
      const rights = async (path: string) => (await stat(path)).mode & 0o777;
      expect(await rights(join(folder, 'demo.age'))).toBe(0o600);
      expect(await rights(folder)).toBe(0o755);
      const there = elsewhere();
      await bringBack(there, { file: join(folder, 'demo.age') });
      expect(await rights(there.files.folder)).toBe(0o700);
      for (const name of names) expect(await rights(join(there.files.folder, name))).toBe(0o600);
    },
  );

  test('never goes over another file, and asks for no passphrase then', async () => {
    await writeFile(copy, 'the only copy');
    const asked = exportSecrets(rehearsal.run().ctx, {
      file: copy,
      passphrase: () => Promise.reject(new Error('asked')),
    });
    const { message, hint } = await refusal(asked, ExitCode.usage);
    expect(message).toBe(`${copy} exists already`);
    expect(hint).toContain('oxide secrets export');
    expect(await text(copy)).toBe('the only copy');
  });

  test('that cannot be written there says so, and names no option that would not help', async () => {
    const { message, hint } = await refusal(keep(rehearsal.run().ctx, join(copy, 'in', 'x.age')));
    expect(message).toContain('ENOENT');
    expect(hint).toContain('another file');
    expect(hint).not.toContain('--output');
  });

  test('is made without a part that does not exist, and without half of a key', async () => {
    await rm(rehearsal.files.talosconfig);
    await rm(rehearsal.files.sshPublicKey);
    await rm(rehearsal.files.volumesPassphrase);
    expect((await keep()).contents).toEqual(['secrets.yaml']);
    const there = elsewhere();
    expect((await bringBack(there)).written).toEqual([there.files.secrets]);
  });
});

describe('no copy is made', () => {
  test.each<[string, (files: ClusterFiles) => Promise<void>, string]>([
    ['without the secrets', ({ secrets }) => rm(secrets), 'there is no '],
    [
      'of secrets that are cut off',
      ({ secrets }) => writeFile(secrets, '# Secrets of the cluster "demo"\ncerts:'),
      'the secrets.yaml is not readable',
    ],
    [
      'of a talosconfig that is cut off',
      ({ talosconfig }) => writeFile(talosconfig, 'context: demo\n'),
      'the talosconfig is not readable',
    ],
    [
      'of two keys of which only halves are there',
      ({ sshPublicKey }) => writeFile(sshPublicKey, createSshKeyPair('x').publicKey),
      'are not the halves of one key',
    ],
  ])('%s', async (_what, damage, message) => {
    await damage(rehearsal.files);
    expect((await refusal(keep())).message).toContain(message);
    expect(await inFolder(dirname(copy))).not.toContain(basename(copy));
  });

  test('of secrets that cannot be read', async () => {
    await rm(rehearsal.files.secrets);
    await mkdir(rehearsal.files.secrets);
    expect((await refusal(keep())).message).toBe(`cannot read ${rehearsal.files.secrets} (EISDIR)`);
  });

  test('for another cluster than cluster.yaml names', async () => {
    const { ctx } = rehearsal.run({ yaml: yaml.replace('demo', 'shop') });
    expect((await refusal(keep(ctx))).message).toContain(
      'belongs to the cluster "demo", not to "shop"',
    );
  });

  test('of a real cluster in a rehearsal', async () => {
    const { message } = await refusal(keep(rehearsal.run({ rehearsal: true }).ctx));
    expect(message).toContain('belongs to a real cluster, and this is a rehearsal');
  });

  test('of a talosconfig that is of other secrets', async () => {
    const other = await rehearseCluster(yaml, 'another');
    await writeFile(rehearsal.files.talosconfig, await text(other.files.talosconfig));
    const { message, hint } = await refusal(keep());
    expect(message).toContain('the talosconfig does not belong to');
    expect(hint).toContain('oxide talosconfig');
    await accessTalos(rehearsal.run().ctx);
    expect((await keep()).contents).toContain('talosconfig');
  });
});

describe('an import', () => {
  beforeEach(() => keep());

  async function refusedUntouched(ctx: FlowContext, request?: Partial<ImportRequest>) {
    const before = await inFolder(ctx.files.folder);
    const error = await refusal(bringBack(ctx, request));
    expect(await inFolder(ctx.files.folder)).toEqual(before);
    return error;
  }

  test('goes on where a run was killed, and does nothing the third time', async () => {
    const there = elsewhere();
    await bringBack(there);
    await rm(there.files.secrets);
    await rm(there.files.sshPublicKey);
    const second = await bringBack(there);
    expect(second.written).toEqual([there.files.sshPublicKey, there.files.secrets]);
    const { talosconfig, sshKey, volumesPassphrase } = there.files;
    expect(second.kept).toEqual([talosconfig, sshKey, volumesPassphrase]);
    expect((await bringBack(there)).written).toEqual([]);
  });

  test('writes the secrets last', async () => {
    const there = elsewhere();
    expect((await bringBack(there)).written.at(-1)).toBe(there.files.secrets);
  });

  test('keeps a talosconfig that was renewed meanwhile', async () => {
    await accessTalos(rehearsal.run().ctx);
    const renewed = await text(rehearsal.files.talosconfig);
    await rm(rehearsal.files.secrets);
    await bringBack(rehearsal.run().ctx);
    expect(await text(rehearsal.files.talosconfig)).toBe(renewed);
  });

  test.each(['secrets.yaml', 'talosconfig', 'id_ed25519'])(
    'never replaces another %s',
    async (name) => {
      const { ctx } = rehearsal.run();
      const path = join(ctx.files.folder, name);
      await writeFile(path, 'something else\n');
      const { message, hint } = await refusedUntouched(ctx);
      expect(message).toBe(`${path} exists, and is not the one in the copy`);
      expect(hint).toContain('--output');
      expect(await text(path)).toBe('something else\n');
    },
  );

  test('refuses the copy of a cluster of this name that is not the one at Hetzner', async () => {
    const other = await rehearseCluster(yaml, 'another');
    const { message, hint } = await refusedUntouched(elsewhere(other));
    expect(message).toMatch(/\(certificate authority \w+\) does not belong to the cluster "demo"/);
    expect(message).toContain(copy);
    expect(hint).toContain('oxide secrets import');
  });

  test('refuses the copy of another cluster, and a real one in a rehearsal', async () => {
    const shop = {
      ...elsewhere(),
      config: rehearsal.run({ yaml: yaml.replace('demo', 'shop') }).ctx.config,
    };
    expect((await refusedUntouched(shop)).message).toBe(
      `the secrets.yaml in ${copy} belongs to the cluster "demo", not to "shop"`,
    );
    const rehearsed = { ...elsewhere(), rehearsal: true };
    expect((await refusedUntouched(rehearsed)).message).toContain('and this is a rehearsal');
  });

  test('goes on without a look at Hetzner, and says why', async () => {
    const look = () => Promise.reject(new PreconditionError('no Hetzner Cloud API token'));
    const { comparison, written } = await bringBack(elsewhere(), { look });
    expect(comparison).toEqual({ unknown: 'no Hetzner Cloud API token' });
    expect(written).toHaveLength(names.length);
  });

  test('says that nothing of the cluster exists', async () => {
    const empty = await rehearse(yaml);
    expect((await bringBack(elsewhere(empty))).comparison).toEqual({ is: 'no-cluster' });
  });

  test('ends with an interrupt, not without a look', async () => {
    const there = elsewhere();
    const look = () => Promise.reject(new InterruptedError());
    await expect(bringBack(there, { look })).rejects.toBeInstanceOf(InterruptedError);
    expect(await inFolder(there.files.folder)).toEqual([]);
  });

  test('refuses what is no copy before it asks for a passphrase', async () => {
    const asked = () => Promise.reject(new Error('asked'));
    await writeFile(copy, 'PK\u0003\u0004');
    const { message } = await refusedUntouched(elsewhere(), { passphrase: asked });
    expect(message).toContain('is not a file that was encrypted with a passphrase');
    const nowhere = bringBack(elsewhere(), {
      file: join(dirname(copy), 'no.age'),
      passphrase: asked,
    });
    expect((await refusal(nowhere, ExitCode.usage)).message).toContain('there is no such file');
  });
});

describe('a copy that somebody else made', () => {
  let files: Readonly<Record<string, string>>;
  beforeEach(async () => {
    const entries = names.map(async (name) => [
      name,
      await text(join(rehearsal.files.folder, name)),
    ]);
    files = Object.fromEntries((await Promise.all(entries)) as [string, string][]);
  });

  test('is taken when it is whole', async () => {
    await plant(files);
    expect((await bringBack(elsewhere())).written).toHaveLength(names.length);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['has no secrets', { 'secrets.yaml': '' }, 'holds no secrets.yaml'],
    ['has secrets that are none', { 'secrets.yaml': 'certs: {}\n' }, 'not readable'],
    ['has half of a key', { 'id_ed25519.pub': '' }, 'not the halves of one key'],
    [
      'has halves of two keys',
      { 'id_ed25519.pub': createSshKeyPair('x').publicKey },
      'not the halves of one key',
    ],
    ['has a talosconfig that is none', { talosconfig: '{}' }, 'the talosconfig is not readable'],
  ])('is refused when it %s', async (_what, changed, message) => {
    const kept = Object.entries({ ...files, ...changed }).filter(([, content]) => content !== '');
    await plant(Object.fromEntries(kept));
    const there = elsewhere();
    expect((await refusal(bringBack(there))).message).toContain(message);
    expect(await inFolder(there.files.folder)).toEqual([]);
  });

  test('is refused when its talosconfig is of another certificate authority', async () => {
    const other = await rehearseCluster(yaml, 'another');
    await plant({ ...files, talosconfig: await text(other.files.talosconfig) });
    const { message, hint } = await refusal(bringBack(elsewhere()));
    expect(message).toContain('it is of another certificate authority');
    expect(hint).toContain('another copy');
  });
});

describe('a create', () => {
  test('makes the talosconfig anew that an earlier cluster of other secrets left behind', async () => {
    const other = await rehearse(yaml);
    await writeFile(other.files.talosconfig, await text(rehearsal.files.talosconfig));
    const outcome = await create(other.run().ctx);
    expect(outcome).toMatchObject({ kind: 'created', founded: true });
    expect(await text(other.files.talosconfig)).not.toBe(await text(rehearsal.files.talosconfig));
  });
});
