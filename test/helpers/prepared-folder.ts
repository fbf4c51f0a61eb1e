import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTalosctl } from '../../src/sandbox/talosctl/run.js';
import { wallClock } from '../../src/lib/wait.js';
import { testFolder } from './cli.js';
import { clusterYaml } from './rehearsal.js';
import { serviceAccountKey } from './service-account-key.js';

/** A cluster.yaml with this many control planes and workers, whose snapshot is in the rehearsal already. */
export function snapshotYaml(controlPlanes: number, workers: number, more = ''): string {
  return clusterYaml(controlPlanes, workers, `talos: { hcloud_snapshot_id: 4711 }\n${more}`);
}

/**
 * A folder, of the test that calls it unless given, for a create whose subject is neither the image nor the cluster's
 * secrets: both are there (`snapshotYaml`), and each of them takes as long as all nodes.
 */
export async function preparedFolder(yaml: string, folder = testFolder()): Promise<string> {
  writeFileSync(join(folder, 'cluster.yaml'), yaml);
  await putSecrets(join(folder, 'output', 'rehearsal'));
  return folder;
}

/** Puts secrets of the cluster into an output folder, as a create that was stopped early has left them. */
export async function putSecrets(output: string): Promise<void> {
  mkdirSync(output, { recursive: true, mode: 0o700 });
  const file = join(output, 'secrets.yaml');
  const { stderr, exitCode } = await runTalosctl(['gen', 'secrets', '--output-file', file], {
    ...{ env: {}, cwd: output, version: 'v1.13.9', now: wallClock },
    generateServiceAccountKey: () => Promise.resolve(serviceAccountKey()),
    call: () => Promise.reject(new Error('this call asks no node')),
  });
  if (exitCode !== 0) throw new Error(stderr);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, `# Secrets of the rehearsed cluster "demo".\n${text}`, { mode: 0o600 });
}
