import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holdFolder } from '../../src/cli/hold-folder.js';
import { create } from '../../src/flows/create.js';
import { status } from '../../src/flows/status.js';
import { ClusterFiles } from '../../src/steps/run/context.js';
import { bundled, type Script } from '../helpers/bundle.js';
import { shortYaml } from '../helpers/cluster-yaml.js';
import { copyOf, openRehearsal, type Prepared, type Rehearsal } from '../helpers/open-rehearsal.js';
import { isFullMatrix, sample, testSeed } from '../helpers/seed.js';
import { digestOf } from './events.js';
import { projectWithBystander, small } from './scenarios.js';
import { demandPromises, shapeOf, type Shape } from './shape.js';

const instants = isFullMatrix ? 50 : 15;
const run = promisify(execFile);

let script: Script;
let empty: Prepared;
let wanted: Shape;
let events = 0;

/** Creates in a process of its own until the event; the folder in which it was killed. */
async function killedAt(
  event: number | string,
  wish = small,
): Promise<{ folder: string; said: string }> {
  const folder = copyOf(empty);
  const yaml = join(folder, 'cluster.yaml');
  writeFileSync(yaml, wish);
  const args = [script.path, folder, yaml, String(event)];
  const ended = await run(process.execPath, args).catch((error: unknown) => error);
  const { stdout, stderr, signal } = ended as Record<'stdout' | 'stderr' | 'signal', string>;
  if (signal !== 'SIGKILL' && !stdout.endsWith('events\n')) throw new Error(stderr);
  return { folder, said: stdout.trim() };
}

/** What the next run of the same command does, in a process of its own as the lock sees it. */
async function goOn(folder: string, yaml = small): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(yaml, { folder });
  await holdFolder(rehearsal.files, { command: 'create', breakIt: false }, (held) =>
    create(rehearsal.run({ held }).ctx),
  );
  return rehearsal;
}

/** Another command between: one that takes the lock of the folder, and not the cluster's lease. */
async function lookIn(files: ClusterFiles): Promise<void> {
  await holdFolder(files, { command: 'kubeconfig', breakIt: false }, () => Promise.resolve());
}

async function shapeAfter(rehearsal: Rehearsal): Promise<Shape> {
  return shapeOf(rehearsal, rehearsal.runs.at(-1));
}

beforeAll(async () => {
  [script, empty] = await Promise.all([
    bundled('test/matrix/killed-create.ts'),
    projectWithBystander(small),
  ]);
  const { folder, said } = await killedAt(0);
  events = Number(/(\d+) events/.exec(said)?.[1]);
  const rehearsal = await goOn(folder);
  wanted = await shapeAfter(rehearsal);
  await rehearsal.close();
});

afterAll(() => {
  script.remove();
  console.log(`killed at ${instants} of ${events} events, seed ${testSeed}`);
});

describe(`a create that is killed (OXIDE_TEST_SEED=${testSeed})`, () => {
  for (let i = 0; i < instants; i++) {
    test(`at random instant ${i + 1} is finished by the same command`, async () => {
      const { folder, said } = await killedAt(sample(instants, events)[i] ?? 0);
      const files = new ClusterFiles(join(folder, 'output'));
      demandWholeFiles(files.folder, said);
      const secrets = existsSync(files.secrets) ? readFileSync(files.secrets, 'utf8') : undefined;
      if (i % 2 === 1) await lookIn(files);
      if (serversOf(folder) > 0) expect(secrets, `secrets before servers; ${said}`).toBeDefined();
      const rehearsal = await goOn(folder);
      try {
        expect(await shapeAfter(rehearsal), said).toEqual(wanted);
        demandPromises(rehearsal, 0);
        const now = readFileSync(files.secrets, 'utf8');
        if (secrets !== undefined) expect(now, `the secrets that were made; ${said}`).toBe(secrets);
      } finally {
        await rehearsal.close();
      }
    });
  }
});

test('a create that is killed between its addons is finished by the same command', async () => {
  const yaml = shortYaml(1, 0);
  const { folder, said } = await killedAt('helm upgrade hcloud-csi', yaml);
  expect(said).toContain('killed at: helm upgrade hcloud-csi');
  const rehearsal = await goOn(folder, yaml);
  try {
    const { status: found } = await status(rehearsal.run().ctx);
    expect(found).toMatchObject({ healthy: true, problems: [], differences: [] });
    const again = await create(rehearsal.run().ctx);
    expect(again).toMatchObject({ cluster: { changed: false, failedAddons: [] } });
  } finally {
    await rehearsal.close();
  }
});

/** Every file of the output folder holds what some write wanted it to hold, and all of it. */
function demandWholeFiles(folder: string, said: string): void {
  const log = join(folder, '..', 'contents');
  const known = new Set(existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /\.scratch-|\.tmp$|oxide\.\w+$/.test(path)) continue;
    expect(known, `${path} is whole; ${said}`).toContain(digestOf(readFileSync(path)));
  }
}

/** Servers of the cluster in the simulated project, as it is on the disk. */
function serversOf(folder: string): number {
  const { cloud } = JSON.parse(readFileSync(join(folder, 'sandbox', 'cloud.json'), 'utf8')) as {
    cloud: { project: { servers: { labels: Record<string, string> }[] } };
  };
  return cloud.project.servers.filter(({ labels }) => labels['cluster'] === 'demo').length;
}
