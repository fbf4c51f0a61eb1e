import { chmod, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PreconditionError } from '../../src/lib/errors.js';
import { demandPrivate, ensurePrivate, makeFolders } from '../../src/lib/folders.js';
import { testFolder } from '../helpers/cli.js';

const names = ['secrets.yaml', 'sandbox'];

const modeOf = async (path: string): Promise<string> =>
  ((await stat(path)).mode & 0o777).toString(8);

/** A folder that everybody may enter, with these things in it. */
async function openFolder(...things: readonly string[]): Promise<string> {
  const path = join(testFolder(), 'output');
  await mkdir(path);
  await chmod(path, 0o755);
  for (const thing of things) await writeFile(join(path, thing), '');
  return path;
}

async function refusalOf(work: Promise<void>): Promise<PreconditionError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PreconditionError) return error;
  throw new Error('it was not refused', { cause: error });
}

describe.skipIf(process.platform === 'win32')('a folder of secrets', () => {
  test('is made for its owner only, with those above it', async () => {
    const path = join(testFolder(), 'output', 'demo');
    await demandPrivate({ path, names });
    await expect(stat(path)).rejects.toThrow('ENOENT');
    await ensurePrivate({ path, names });
    expect([await modeOf(join(path, '..')), await modeOf(path)]).toEqual(['700', '700']);
  });

  test.each([[[]], [['secrets.yaml', 'sandbox']]])(
    'is narrowed when nothing but oxide’s is in it: %j',
    async (things) => {
      const path = await openFolder(...things);
      await demandPrivate({ path, names });
      expect(await modeOf(path), 'a look').toBe('755');
      await ensurePrivate({ path, names });
      expect(await modeOf(path)).toBe('700');
    },
  );

  test('is refused when others may enter it for something else, and stays as it is', async () => {
    const path = await openFolder('secrets.yaml', 'holiday.jpg');
    for (const demand of [demandPrivate, ensurePrivate]) {
      const { message, hint } = await refusalOf(demand({ path, names }));
      expect(message).toBe(
        `other users of this machine can enter ${path}, and "holiday.jpg" in it is not oxide's`,
      );
      expect(hint).toContain(`chmod 700 ${path}`);
    }
    expect(await modeOf(path)).toBe('755');
    await chmod(path, 0o700);
    await ensurePrivate({ path, names });
  });

  test('is never narrowed through a link', async () => {
    const path = await openFolder();
    const link = join(testFolder(), 'output');
    await symlink(path, link);
    const { message } = await refusalOf(ensurePrivate({ path: link, names }));
    expect(message).toContain('it is a link to a folder that was made for something else');
    expect(await modeOf(path)).toBe('755');
  });

  test('is no file', async () => {
    const path = join(testFolder(), 'output');
    await writeFile(path, '', { mode: 0o600 });
    const { message } = await refusalOf(ensurePrivate({ path, names }));
    expect(message).toBe(`cannot write ${path} (ENOTDIR)`);
  });
});

describe('folders', () => {
  test('that exist are left as they are, also when several make them at once', async () => {
    const path = join(testFolder(), 'a', 'b', 'c');
    await Promise.all([makeFolders(path), makeFolders(path), makeFolders(path)]);
    await makeFolders(path);
    expect(await readdir(join(path, '..'))).toEqual(['c']);
  });

  test.runIf(process.platform === 'linux')(
    'that the system does not take are refused',
    async () => {
      await expect(makeFolders('/proc/oxide/output')).rejects.toThrow('ENOENT');
    },
  );
});
