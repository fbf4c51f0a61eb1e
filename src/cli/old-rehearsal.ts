import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import { readStartIfExists } from '../lib/files.js';
import type { SecretsFolder } from '../lib/folders.js';
import { quote } from '../lib/shell.js';

/** What the first line of a rehearsal's secrets begins with. */
const rehearsed = '# Secrets of the rehearsed cluster';

/** Refuses a folder in which an earlier oxide kept a rehearsal: both kinds of runs have their own now. */
export async function refuseOldRehearsal(
  { path, names }: SecretsFolder,
  rehearsal: string,
): Promise<void> {
  const secrets = join(path, 'secrets.yaml');
  const start = await readStartIfExists(secrets, rehearsed.length);
  if (!start || Buffer.from(start).toString('utf8') !== rehearsed) return;
  const kept = names.map((name) => join(path, name)).filter((name) => name !== rehearsal);
  const found = kept.filter((name) => existsSync(name)).map(quote);
  const isTaken = existsSync(rehearsal);
  throw new PreconditionError(
    `${path} holds a rehearsal of an earlier oxide; rehearsals have a folder of their own now, ${rehearsal}`,
    isTaken
      ? `Nothing was changed. There is a rehearsal in that one as well: delete the earlier one, with\n  rm -r ${found.join(' ')}`
      : `Nothing was changed. Move it there, when nothing works in it any more, with\n  mkdir ${quote(rehearsal)} && mv ${found.join(' ')} ${quote(rehearsal)}`,
  );
}

/** Adds to a failure of a real run that all there is here was rehearsed. */
export function withRehearsalNote(error: unknown, real: string, rehearsal: string): unknown {
  if (!(error instanceof PreconditionError) || !holdsOnlyRehearsal(real, rehearsal)) return error;
  const note = `${rehearsal} holds a rehearsal only. How that is: ${oxide`--sandbox status`}`;
  const hint = error.hint === undefined ? note : `${error.hint}\n${note}`;
  return new PreconditionError(error.findings.length > 0 ? error.findings : error.message, hint);
}

function holdsOnlyRehearsal(real: string, rehearsal: string): boolean {
  return (
    real !== rehearsal &&
    existsSync(join(rehearsal, 'secrets.yaml')) &&
    !existsSync(join(real, 'secrets.yaml'))
  );
}
