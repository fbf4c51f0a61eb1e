import { readFile } from 'node:fs/promises';
import { withCount, type CountChange } from '../config/write-count.js';
import type { ScaledCluster } from '../flows/scale.js';
import type { ClusterConfig } from '../config/schema.js';
import { oxide } from '../lib/commands.js';
import { rewriteFile } from '../lib/files.js';
import type { GlobalOptions } from './io.js';

export interface WriteOptions extends GlobalOptions {
  readonly write?: boolean;
}

/**
 * Brings the number in cluster.yaml in step with the pool, or says which number to change.
 * Returns what to tell the user; nothing when the number is right already.
 */
export async function updateCount(
  config: ClusterConfig,
  { pool, role, count }: ScaledCluster,
  { config: file, write }: WriteOptions,
): Promise<string> {
  const section = role === 'worker' ? 'workers' : 'control_planes';
  const configured = config[section].find(({ name }) => name === pool);
  if (!configured || configured.count === count) return '';
  const todo = `set count: ${count} for the pool "${pool}" in ${file}`;
  const change: CountChange = { file, section, pool, count };
  const written = withCount(await readFile(file, 'utf8'), change);
  if ('refused' in written) {
    const why = written.refused.replaceAll('\n', '; ');
    return `${file} was left as it is: with count: ${count} it is not valid. ${why}`;
  }
  if (!write)
    return `Next, ${todo} (or add --write). Until then this goes by the old number: ${oxide`create`}`;
  await rewriteFile(file, written.text);
  return `${file} says count: ${count} now.`;
}
