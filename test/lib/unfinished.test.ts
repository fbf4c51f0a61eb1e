import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withScratchFolder, writePrivateFile } from '../../src/lib/files.js';
import {
  recordingUnfinished,
  removeUnfinished,
  scratchPath,
  temporaryPath,
  unfinishedFile,
} from '../../src/lib/unfinished.js';
import { testFolder } from '../helpers/cli.js';

/** What a run that is killed in the middle leaves: a scratch folder and a file, half written. */
async function killedIn(folder: string): Promise<void> {
  await mkdir(join(folder, 'backups'));
  await recordingUnfinished(folder, async () => {
    const scratch = await scratchPath(join(folder, 'backups'));
    await mkdir(scratch);
    await writeFile(join(scratch, 'etcd.snapshot'), 'secret');
    await writeFile(await temporaryPath(folder), 'secret');
    // Noted, and killed before it was made.
    await temporaryPath(folder);
  });
}

const everythingIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true })).sort();

describe('what a killed run left half written', () => {
  test('is removed by the next run there, with the record of it', async () => {
    const folder = testFolder();
    await killedIn(folder);
    expect(await everythingIn(folder)).toHaveLength(5);
    await recordingUnfinished(folder, async () => {
      expect(await everythingIn(folder)).toEqual(['backups']);
    });
  });

  test('is known by its record alone: the same names of others stay', async () => {
    const folder = testFolder();
    const others = [
      '.0123456789ab.tmp',
      '.scratch-0123456789ab',
      join('prod', '.abcdef012345.tmp'),
    ];
    await mkdir(join(folder, 'prod'));
    for (const path of others) await writeFile(join(folder, path), 'not oxide’s');
    await killedIn(folder);
    await killedIn(join(folder, 'prod'));
    const inside = await everythingIn(join(folder, 'prod'));
    await removeUnfinished(folder);
    expect(await everythingIn(join(folder, 'prod'))).toEqual(inside);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(others.slice(0, 2)));
    await removeUnfinished(join(folder, 'prod'));
    expect(await everythingIn(folder)).toEqual(
      ['backups', 'prod', 'prod/backups', ...others].sort(),
    );
  });

  test('is nothing outside of the folder, and nothing that oxide does not name so', async () => {
    const [folder, elsewhere] = [testFolder(), testFolder()];
    const names = ['.0123456789ab.tmp', 'secrets.yaml'];
    for (const name of names) await writeFile(join(elsewhere, name), '');
    await writeFile(join(folder, 'secrets.yaml'), '');
    await symlink(elsewhere, join(folder, '.scratch-0123456789ab'));
    const lines = [
      'secrets.yaml',
      join(elsewhere, names[0] ?? ''),
      '..',
      '.',
      '',
      '.scratch-0123456789ab',
    ];
    await writeFile(unfinishedFile(folder), lines.join('\n'));
    await removeUnfinished(folder);
    expect(await readdir(folder)).toEqual(['secrets.yaml']);
    expect((await readdir(elsewhere)).sort()).toEqual(names);
  });
});

describe('a run', () => {
  test('notes what it begins to write before it is there', async () => {
    const folder = testFolder();
    await recordingUnfinished(folder, async () => {
      await writePrivateFile(join(folder, 'kubeconfig'), 'x');
      await withScratchFolder(folder, (scratch) => {
        const [, name = ''] = /(\.scratch-\w+)$/.exec(scratch) ?? [];
        expect(readFileSync(unfinishedFile(folder), 'utf8')).toContain(`\n${name}\n`);
        return Promise.resolve();
      });
      expect(readdirSync(folder).sort()).toEqual(['kubeconfig', 'oxide.unfinished']);
    });
  });

  test('notes nothing of other folders', async () => {
    const [folder, elsewhere] = [testFolder(), testFolder()];
    await recordingUnfinished(folder, () => writePrivateFile(join(elsewhere, 'config'), 'x'));
    expect([await readdir(folder), await readdir(elsewhere)]).toEqual([[], ['config']]);
  });
});
