/**
 * A process that creates a cluster in the simulated project of a folder and kills itself at one of
 * its events, by its number or its first words: `node killed-create.js <folder> <yaml> <event>`.
 * Prints how many events there were when it was not killed.
 */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { holdFolder } from '../../src/cli/hold-folder.js';
import { create } from '../../src/flows/create.js';
import { openRehearsal } from '../helpers/open-rehearsal.js';
import { noteContents, watchFiles, watchRequests, watchTools } from './events.js';

const [, , folder = '', yaml = '', wanted = ''] = process.argv;
let seen = 0;

function onEvent(what: string): void {
  seen++;
  if (seen !== Number(wanted) && !what.startsWith(wanted)) return;
  writeSync(1, `killed at: ${what}\n`);
  process.kill(process.pid, 'SIGKILL');
}

async function createKilled(): Promise<void> {
  const rehearsal = await openRehearsal(readFileSync(yaml, 'utf8'), { folder });
  noteContents(join(folder, 'contents'));
  watchRequests(rehearsal.faults, onEvent);
  watchFiles(onEvent, { reads: false });
  await holdFolder(rehearsal.files, { command: 'create', breakIt: false }, (held) =>
    create(rehearsal.run({ held, around: watchTools(onEvent) }).ctx),
  );
  await rehearsal.stop();
  writeSync(1, `${seen} events\n`);
  process.exit(0);
}

// Without an await of its own this file becomes CommonJS, which starts faster.
void createKilled();
