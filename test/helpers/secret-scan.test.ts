import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import type { Run } from './compose-run.js';
import { runCli, testFolder } from './cli.js';
import { clusterYaml } from './cluster-yaml.js';
import { openRehearsal, type Rehearsal } from './open-rehearsal.js';
import { scanRehearsal, secretsIn } from './secret-scan.js';

let rehearsal: Rehearsal;
let run: Run;

beforeAll(async () => {
  rehearsal = await openRehearsal(clusterYaml(1, 1));
  run = rehearsal.run();
  await create(run.ctx);
});
afterAll(() => rehearsal.close());

/** What the scan says of the runs and one more, in which the secret got somewhere. */
function leakingInto(part: Partial<Run>): () => void {
  const leaky: Run = { ...run, events: [], plans: [], calls: [], errors: [], ...part };
  return () => {
    scanRehearsal({ ...rehearsal, runs: [leaky] });
  };
}

describe('the scan for secrets', () => {
  test('knows all that the output folder keeps secret', () => {
    const kinds = [...new Set(secretsIn(rehearsal.files.folder).map(({ what }) => what))];
    expect(kinds).toEqual([
      'secrets.yaml.cluster.id',
      'secrets.yaml.cluster.secret',
      'secrets.yaml.secrets.bootstraptoken',
      'secrets.yaml.secrets.secretboxencryptionsecret',
      'secrets.yaml.trustdinfo.token',
      'secrets.yaml.certs.etcd.key',
      'secrets.yaml.certs.k8s.key',
      'secrets.yaml.certs.k8saggregator.key',
      'secrets.yaml.certs.k8sserviceaccount.key',
      'secrets.yaml.certs.os.key',
      'talosconfig.contexts.demo.key',
      'kubeconfig.users.0.user.client-key-data',
      'id_ed25519',
    ]);
  });

  test('finds none in a create', () => {
    scanRehearsal(rehearsal);
  });

  test('finds every one of them in an event, an argument and an error', () => {
    const secrets = [
      { what: 'the API token', value: rehearsal.world.token },
      ...secretsIn(rehearsal.files.folder),
    ];
    for (const { what, value } of secrets) {
      const message = `using ${value}`;
      const cause = new Error('outer', { cause: new Error('inner', { cause: message }) });
      const call = { tool: 'helm', timeoutMs: 1 } as const;
      const places: Partial<Run>[] = [
        { events: [{ type: 'debug', message }] },
        { calls: [{ ...call, args: ['--set', message] }] },
        { calls: [{ ...call, args: [], env: { TOKEN: message } }] },
        { errors: [cause] },
      ];
      for (const place of places) {
        expect(leakingInto(place)).toThrow(`a secret leaked: ${what} is in`);
      }
    }
  });

  test('finds the machine configuration wherever it is shown', async () => {
    const message = await readFile(rehearsal.files.machineConfig('web'), 'utf8');
    expect(leakingInto({ events: [{ type: 'note', message }] })).toThrow('a secret leaked');
  });

  test.skipIf(process.platform === 'win32')('finds a secret in a file that others may read', () => {
    const path = join(rehearsal.files.folder, 'copy');
    const [secret] = secretsIn(rehearsal.files.folder);
    writeFileSync(path, `copy of ${secret?.value ?? ''}`, { mode: 0o600 });
    scanRehearsal(rehearsal);
    chmodSync(path, 0o640);
    expect(() => {
      scanRehearsal(rehearsal);
    }).toThrow(`is in ${path}`);
    writeFileSync(path, '');
  });

  test('fails a call of the command line that prints one', async () => {
    const cwd = testFolder();
    mkdirSync(join(cwd, 'output'));
    const secret = 'abcdefghij0123456789';
    writeFileSync(join(cwd, 'output', 'secrets.yaml'), `trustdinfo: { token: ${secret} }\n`);
    writeFileSync(join(cwd, 'cluster.yaml'), `${secret}: 1\n`);
    await expect(runCli(['validate'], { cwd })).rejects.toThrow('a secret leaked');
  });
});
