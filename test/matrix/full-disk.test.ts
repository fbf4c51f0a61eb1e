import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { holdFolder } from '../../src/cli/hold-folder.js';
import { create } from '../../src/flows/create.js';
import { ExitCode, OxideError } from '../../src/lib/errors.js';
import { beginFrom, type Rehearsal } from '../helpers/open-rehearsal.js';
import { everythingOf } from '../helpers/secret-scan.js';
import { isFullMatrix, sample } from '../helpers/seed.js';
import { watchFiles, type OnEvent } from './events.js';
import { projectWithBystander, small } from './scenarios.js';
import { demandPromises, shapeOf } from './shape.js';

const codes = ['ENOSPC', 'EROFS', 'EACCES', 'EIO'];

/** A create as the command does it: in a folder that it holds. */
async function createHolding(rehearsal: Rehearsal): Promise<void> {
  await holdFolder(rehearsal.files, { command: 'create', breakIt: false }, (held) =>
    create(rehearsal.run({ held }).ctx),
  );
}

/** What went wrong with a create in which a file operation failed; undefined when it succeeded. */
async function failureOf(rehearsal: Rehearsal, onEvent: OnEvent): Promise<unknown> {
  const stopWatching = watchFiles(onEvent);
  try {
    await createHolding(rehearsal);
    return undefined;
  } catch (error) {
    (rehearsal.runs.at(-1)?.errors as unknown[] | undefined)?.push(error);
    return error;
  } finally {
    stopWatching();
  }
}

const empty = await projectWithBystander(small);
let operations = 0;
const clean = await beginFrom(empty);
const failure = await failureOf(clean, () => {
  operations++;
});
if (failure !== undefined) throw failure as Error;
const wanted = await shapeOf(clean, clean.runs[0]);
await clean.close();

afterAll(() => {
  console.log(`each of ${operations} file operations of a create fails`);
});

/** As the system refuses an operation. */
function refusal(what: string, code: string): Error {
  const [syscall, path] = what.split(' ');
  return Object.assign(new Error(`${code}: refused, ${what}`), { code, syscall, path, errno: -1 });
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

describe('a create whose disk refuses', () => {
  for (const at of sample(isFullMatrix ? operations : 60, operations)) {
    const code = codes[at % codes.length] ?? '';
    test(`operation ${at} with ${code} says what to do, and goes on afterwards`, async () => {
      const rehearsal = await beginFrom(empty);
      try {
        let [seen, where] = [0, 'never'];
        const stop = await failureOf(rehearsal, (what) => {
          if (++seen < at) return;
          // From here on: a disk that is full stays full for a while.
          where = what;
          throw refusal(what, code);
        });
        demandNextStep(stop, where);
        const secrets = textOf(rehearsal.files.secrets);
        await createHolding(rehearsal);
        expect(await shapeOf(rehearsal, rehearsal.runs.at(-1)), where).toEqual(wanted);
        demandPromises(rehearsal, 0);
        if (secrets !== undefined) expect(textOf(rehearsal.files.secrets)).toBe(secrets);
      } finally {
        await rehearsal.close();
      }
    });
  }
});

function demandNextStep(stop: unknown, where: string): void {
  // What only tidies up, or only makes sure, may fail unseen.
  if (stop === undefined) return;
  if (!(stop instanceof OxideError)) throw new Error(`a bug at ${where}: ${everythingOf(stop)}`);
  expect(stop.exitCode, stop.message).toBe(ExitCode.precondition);
  expect(stop.message).toMatch(/^cannot (read|write) \S+ \([A-Z]+\)$/);
  expect(stop.hint).toMatch(/(Make room or correct the|Correct its) rights/);
}
