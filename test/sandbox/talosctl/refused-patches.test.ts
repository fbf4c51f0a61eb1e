import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusedPatches } from '../../helpers/refused-patches.js';
import { Rehearsal } from '../talos/rehearsal.js';

describe('the stand-in refuses what talosctl v1.13.9 refuses, in its words', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = new Rehearsal();
    await rehearsal.talosctl('gen', 'secrets', '--talos-version', 'v1.13');
  });

  it.each(refusedPatches.map((one, i) => [one.what, one, i] as const))(
    '%s',
    async (_, refused, i) => {
      const { role, patch } = refused;
      writeFileSync(join(rehearsal.folder, `patch-${i}.yaml`), patch);
      const output = `out-${i}.yaml`;
      const type = role === 'worker' ? 'worker' : 'controlplane';
      const made = await rehearsal.talosctl(
        ...['gen', 'config', 'demo', 'https://10.0.1.254:6443', '--with-secrets', 'secrets.yaml'],
        ...['--talos-version', 'v1.13', `--config-patch-${role}`, `@patch-${i}.yaml`],
        ...['--output-types', type, '--output', output],
      );
      const ended =
        made.exitCode === 0
          ? await rehearsal.talosctl('validate', '--config', output, '--mode', 'cloud')
          : made;
      const recorded = refused.said['v1.13.9'];
      expect({ call: made.exitCode === 0 ? 'validate' : 'gen config', ...ended }).toEqual({
        ...{ call: recorded?.call, exitCode: 1, stdout: '' },
        stderr: recorded?.stderr,
      });
    },
  );
});
