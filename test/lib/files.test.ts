import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExitCode, OxideError, PreconditionError } from '../../src/lib/errors.js';
import {
  movePrivateFile,
  readMadeText,
  readTextIfExists,
  rewriteFile,
  withScratchFolder,
  writePrivateFile,
} from '../../src/lib/files.js';
import { forgetFinished, recordingUnfinished } from '../../src/lib/unfinished.js';
import { testFolder } from '../helpers/cli.js';

const modeOf = async (path: string): Promise<string> =>
  ((await stat(path)).mode & 0o777).toString(8);

describe('a scratch folder', () => {
  test.each([
    ['that an error names stays, until the next run clears it away', (path: string) => path, 1],
    ['that an error does not name is removed', () => 'something else', 0],
  ])('%s', async (_, message, left) => {
    const folder = testFolder();
    const failing = recordingUnfinished(folder, () =>
      withScratchFolder(folder, async (scratch) => {
        await writeFile(join(scratch, 'patch-0.yaml'), '');
        throw new OxideError(`talosctl gen config @${message(scratch)}/patch-0.yaml`);
      }),
    );
    await expect(failing).rejects.toThrow('talosctl gen config');
    await forgetFinished(folder);
    const scratch = (await readdir(folder)).filter((name) => name.startsWith('.scratch-'));
    expect(scratch).toHaveLength(left);
    await recordingUnfinished(folder, () => Promise.resolve());
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a file that a tool has made', () => {
  test('is taken when it is whole', async () => {
    const path = join(testFolder(), 'made');
    await writeFile(path, 'a: 1\n');
    expect(await readMadeText(path, 'talosctl gen secrets')).toBe('a: 1\n');
  });

  test.each([
    ['cut off', 'a: 1\nb', 'wrote a file that is cut off'],
    ['empty', '', 'wrote a file that is cut off'],
    ['missing', undefined, 'wrote no file'],
  ])('is refused when it is %s', async (_what, text, why) => {
    const path = join(testFolder(), 'made');
    if (text !== undefined) await writeFile(path, text);
    await expect(readMadeText(path, 'talosctl gen secrets')).rejects.toThrow(
      `talosctl gen secrets ended without an error, but ${why}`,
    );
  });
});

describe.skipIf(process.platform === 'win32')('a file', () => {
  test('of the user is written anew with its rights, behind its link', async () => {
    const folder = testFolder();
    const [path, link] = [join(folder, 'real.yaml'), join(folder, 'cluster.yaml')];
    await writeFile(path, 'old', { mode: 0o644 });
    await symlink(path, link);
    await rewriteFile(link, 'new');
    expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['new', '644']);
    expect(await readlink(link)).toBe(path);
  });

  test('that is moved into its place is its owner’s only', async () => {
    const folder = testFolder();
    await writeFile(join(folder, 'made'), 'x', { mode: 0o644 });
    await movePrivateFile(join(folder, 'made'), join(folder, 'kept'));
    expect(await modeOf(join(folder, 'kept'))).toBe('600');
    expect(await readdir(folder)).toEqual(['kept']);
  });

  test('that cannot be read or written says which and what to do', async () => {
    const folder = testFolder();
    await mkdir(join(folder, 'taken'));
    await writeFile(join(folder, 'file'), '');
    const failures = [
      () => writePrivateFile(join(folder, 'taken'), 'x'),
      () => writePrivateFile(join(folder, 'file', 'inside'), 'x'),
      () => readTextIfExists(join(folder, 'taken')),
    ];
    for (const failure of failures) {
      const error: unknown = await failure().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PreconditionError);
      expect(error).toMatchObject({
        exitCode: ExitCode.precondition,
        message: expect.stringMatching(/^cannot (read|write) \S+ \(E[A-Z]+\)$/) as string,
        hint: expect.stringMatching(/(Make room or correct the|Correct its) rights/) as string,
      });
    }
    expect((await readdir(folder)).sort()).toEqual(['file', 'taken']);
  });
});
