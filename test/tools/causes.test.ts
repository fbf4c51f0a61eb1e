import { describe, expect, it } from 'vitest';
import { recorded, recordedError, recordings } from './recordings.js';
import { warningsOf } from '../../src/tools/tool-output.js';
import { toolError } from './tool-error.js';

const failures = recordings.filter(({ exitCode }) => exitCode !== 0);

describe('the cause of a failure', () => {
  it.each(failures)('is a line of its own, not an aside: $tool $name', ({ tool, name, stderr }) => {
    const { reason, message } = recordedError(tool, name);
    expect(reason).not.toBe('');
    expect(reason).not.toMatch(
      /exit code|Usage:|^ {2}-|--\w+ string|will retry|Warning|level=WARN/,
    );
    expect(reason).not.toMatch(/memcache\.go|warnings\.go|for usage|generating PKI/);
    expect(reason.length).toBeLessThanOrEqual(400);
    // In the tool's own words: nothing is put between them.
    const [start = ''] = reason.split(/…|\[redacted\]|not ready: /);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(start.trim().replaceAll(/\s+/g, ' '));
    expect(message.split('\n').length).toBeLessThanOrEqual(11);
  });

  it.each([
    [
      'talosctl',
      'patch-command',
      /^error parsing config JSON patch: .+ unknown keys found during decoding: machine: flagged: --command$/,
    ],
    [
      'talosctl',
      'node-refused',
      /^error getting version: 1 error occurred: \* 10\.0\.1\.5: rpc error: code = Unavailable/,
    ],
    ['talosctl', 'older-node', /code = PermissionDenied desc = not authorized/],
    [
      'talosctl',
      'validate-conflict',
      /^1 error occurred: \* static hostname is already set in v1alpha1 config$/,
    ],
    [
      'kubectl',
      'drain-ending',
      /^error when waiting for pod "slow" in namespace "default" to terminate: context deadline exceeded$/,
    ],
    [
      'kubectl',
      'drain-budget',
      /^error when evicting pods\/"db-\S+" -n "default": global timeout reached: 6s$/,
    ],
    ['kubectl', 'nodes-refused', /^The connection to the server \S+ was refused/],
    ['kubectl', 'unknown-flag', /^unknown flag: --foo$/],
    ['kubectl', 'readyz-etcd', /^not ready: etcd, etcd-readiness$/],
    [
      'helm',
      'conflict',
      /^UPGRADE FAILED: conflict occurred while applying object kube-system\/cilium-operator .+\.spec\.replicas/,
    ],
    [
      'helm',
      'quota',
      /^1 error occurred: \* deployments\.apps "cilium-operator" is forbidden: exceeded quota/,
    ],
  ] as const)('of %s %s', (tool, name, reason) => {
    expect(recordedError(tool, name).reason).toMatch(reason);
  });

  it('is in the message, and long lists of what is well are not', () => {
    const { message } = recordedError('kubectl', 'readyz-etcd');
    expect(message).toBe('kubectl demo\n  exit code 1\n  not ready: etcd, etcd-readiness');
  });

  it('that a message shortens is whole in the transcript', () => {
    const usage = recordedError('talosctl', 'patch-command');
    expect(usage.saidMoreThan(usage.message)).toBe(true);
    expect(usage.transcript).toContain('--with-secrets string');
    const short = recordedError('kubectl', 'not-found');
    expect(short.saidMoreThan(short.message)).toBe(false);
  });

  it('is never what was asked for: data may hold secrets', () => {
    const stdout = '{"items":[{"data":{"password":"aHVudGVyMg=="}}]';
    expect(toolError('', { stdout }).message).toBe('talosctl version\n  exit code 1');
    expect(toolError('', { stdout: 'no such thing\n' }).reason).toBe('no such thing');
  });
});

describe('exit code and hint', () => {
  it.each([
    ['talosctl', 'patch-unknown-key', 2, 'talos.config_patches'],
    ['talosctl', 'patch-jsonpatch', 2, 'talos.config_patches'],
    ['talosctl', 'validate-conflict', 2, 'talos.config_patches'],
    ['talosctl', 'not-authorized', 3, 'oxide talosconfig'],
    ['talosctl', 'proxy-403', 3, 'NO_PROXY'],
    ['talosctl', 'refused', 5, 'The same command goes on from here.'],
    ['talosctl', 'secrets-missing', 5, 'The same command goes on from here.'],
    ['kubectl', 'forbidden', 3, 'oxide kubeconfig'],
    ['kubectl', 'status-401', 3, 'oxide kubeconfig'],
    ['kubectl', 'other-authority', 3, "the cluster's own folder"],
    ['kubectl', 'proxy-407', 3, 'NO_PROXY'],
    ['kubectl', 'wait-timeout', 6, 'The same command'],
    ['kubectl', 'delete-timeout', 6, 'The same command'],
    ['kubectl', 'says-nothing', 6, 'firewall'],
    ['kubectl', 'drain-ending', 6, 'The same command'],
    ['kubectl', 'nodes-closes', 5, 'The same command'],
    ['helm', 'values-schema', 2, 'cilium.helm_values'],
    ['helm', 'values-fail', 2, 'cilium.helm_values'],
    ['helm', 'values-invalid', 2, 'cilium.helm_values'],
    ['helm', 'pull-no-version', 2, 'cilium.version'],
    ['helm', 'pull-no-host', 3, 'cilium.chart'],
    ['helm', 'forbidden', 3, 'oxide kubeconfig'],
    ['helm', 'quota', 5, 'ResourceQuota'],
    ['helm', 'in-progress', 5, 'a little later'],
    ['helm', 'namespace-ends', 5, 'a little later'],
  ] as const)('are those of the cause: %s %s', (tool, name, exitCode, hint) => {
    const error = recordedError(tool, name);
    expect(error.exitCode).toBe(exitCode);
    expect(error.hint).toContain(hint);
  });

  it('of a tool that oxide ended are those of a timeout', () => {
    expect(toolError('waiting', { timedOut: true }).exitCode).toBe(6);
  });
});

describe('what a tool says', () => {
  it.each([
    ['machine:\n    kubelte:\n        token: abc.def', 'token: [redacted]'],
    ['password: "hunter 2"', 'password: [redacted]'],
    ['{"bootstrapToken":"x","a":1}', '"bootstrapToken":[redacted],"a":1'],
    ['key: LS0tLS1CRUdJTiBFRDI1NTE5', 'key: [redacted]'],
    ['-----BEGIN ED25519 PRIVATE KEY-----\nabc\n-----END ED25519 PRIVATE KEY-----', '[redacted]'],
    ['crt LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJQVENCMEtBREFnRUNBaEF=', 'crt [redacted]'],
  ])('is kept without secrets: %s', (text, expected) => {
    const error = toolError(text);
    expect(error.transcript).toContain(expected);
    expect(`${error.message}${error.reason}${error.transcript}`).not.toMatch(
      /abc|hunter|LS0t|Token":"x/,
    );
  });

  it('else stays as it was', () => {
    for (const { stderr, tool, name } of recordings) {
      if (name.startsWith('patch-unknown-key')) continue;
      expect(recordedError(tool, name).transcript).toContain(stderr);
    }
    const digest = `sha256:${'0a1b2c3d'.repeat(8)}`;
    expect(toolError(digest).message).toContain(digest);
  });

  it.each([
    ['kubectl', 'success-warns', 1],
    ['helm', 'success-warns', 1],
    ['talosctl', 'older-node', 1],
    ['kubectl', 'success-drain', 0],
  ] as const)('as a warning of a call that succeeded is found: %s %s', (tool, name, count) => {
    const warnings = warningsOf(tool, { stdout: '', stderr: recorded(tool, name).stderr });
    expect(warnings).toHaveLength(count);
    for (const warning of warnings) expect(warning).not.toMatch(/^(W|I\d)|\\"/);
  });
});
