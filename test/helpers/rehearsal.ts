import { onTestFinished } from 'vitest';
import { openRehearsal, type Rehearsal } from './open-rehearsal.js';

export type { Run, RunOptions } from './compose-run.js';
export { clusterYaml, type Rehearsal } from './open-rehearsal.js';

/** Opens a sandbox of its own for the test that calls it, and closes it at the test's end. */
export async function rehearse(yaml: string): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(yaml);
  onTestFinished(() => rehearsal.close());
  return rehearsal;
}
