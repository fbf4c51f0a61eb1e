import { describe, expect, test } from 'vitest';
import { configRefusal } from '../../src/tools/config-refusals.js';
import { ToolError } from '../../src/tools/exec.js';
import { refusedPatches } from '../helpers/refused-patches.js';

function refusal(stderr: string): string {
  const invocation = { tool: 'talosctl', args: ['validate'], timeoutMs: 1 } as const;
  return configRefusal(
    new ToolError({ invocation, stdout: '', stderr, exitCode: 1, timedOut: false }),
  );
}

const recorded = refusedPatches.flatMap(({ what, said }) =>
  Object.entries(said).map(([version, { stderr }]) => [version, what, stderr] as const),
);

/** What talosctl v1.13.9 says about the patch. */
function of(what: string): string {
  const patch = refusedPatches.find((one) => one.what === what);
  return refusal(patch?.said['v1.13.9']?.stderr ?? '');
}

describe('why talosctl refuses', () => {
  test.each(recorded)('%s: %s, in its own words and nothing else', (_, __, stderr) => {
    const reason = refusal(stderr);
    expect(reason).not.toMatch(/occurred|error parsing config|failed to generate|PKI|\t|^\* /m);
    expect(reason).not.toBe('');
    const words = stderr.replaceAll(/(: )?\d+ errors? occurred:\n\t\* /g, ': ');
    for (const line of reason.split('\n')) expect(words).toContain(line);
  });

  test('all versions that oxide is tested with are recorded', () => {
    expect(refusedPatches.length).toBeGreaterThan(20);
    for (const { said } of refusedPatches) {
      expect(Object.keys(said)).toEqual(['v1.12.11', 'v1.13.9', 'v1.14.0-rc.1']);
    }
  });

  test('is short where the reason is', () => {
    expect(of('etcd on a worker')).toBe('etcd config is only allowed on control plane machines');
    expect(of('a label key that is none')).toBe(
      'invalid machine node labels: name "a b" is invalid',
    );
    expect(of('a volume without a disk')).toBe(
      'UserVolumeConfig/data: disk selector is required\nmin size or max size is required',
    );
    expect(of('an unknown key')).toBe(
      'error decoding document /v1alpha1/ (line 1): unknown keys found during decoding:\n' +
        'machine:\n    kubelt:\n        image: x',
    );
    expect(of('a removal of what is not there')).toBe(
      "patch delete: path 'machine.nodeLabels.absent' in document '/v1alpha1': failed to delete path 'machine.nodeLabels.absent': lookup failed",
    );
  });
});
