import { onTestFinished } from 'vitest';
import { create } from '../../src/flows/create.js';
import {
  beginFrom,
  openRehearsal,
  prepared,
  type Beginning,
  type Prepared,
  type Rehearsal,
} from './open-rehearsal.js';

export type { Run, RunOptions } from './compose-run.js';
export { clusterYaml } from './cluster-yaml.js';
export type { Rehearsal } from './open-rehearsal.js';

/**
 * Opens a sandbox of its own for the test that calls it, and closes it at the test's end. Nobody opens it
 * again, so its world is not saved.
 */
export async function rehearse(yaml: string, beginning?: Beginning): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(yaml, { saved: false, ...beginning });
  onTestFinished(() => rehearsal.close());
  return rehearsal;
}

/** By their cluster.yaml and `which`: made once for all tests of a worker; the run's folder holds them. */
const clusters = new Map<string, Promise<Prepared>>();

/**
 * The same with a cluster that a create has made; its runs and requests are not among the test's.
 * Each test gets a copy of its own. Copies have the same secrets; another `which` has others.
 */
export async function rehearseCluster(yaml: string, which = 'the cluster'): Promise<Rehearsal> {
  const key = `${yaml}# ${which}`;
  const made = clusters.get(key) ?? createCluster(yaml);
  clusters.set(key, made);
  const rehearsal = await beginFrom(await made);
  onTestFinished(() => rehearsal.close());
  return rehearsal;
}

async function createCluster(yaml: string): Promise<Prepared> {
  const rehearsal = await openRehearsal(yaml);
  await create(rehearsal.run().ctx);
  return prepared(yaml, rehearsal);
}
