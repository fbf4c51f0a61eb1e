import { describe, expect, it } from 'vitest';
import { bootstrapped, nth } from './rehearsal.js';

/** Refusals: Talos 1.13.9 source, pkg/grpc/middleware/authz/authorizer.go. */
const refused = 'rpc error: code = PermissionDenied desc = not authorized';

const { rehearsal, cp } = await bootstrapped(2);

/** Makes a talosconfig of some roles as an administrator does, and calls with it. */
async function withRoles(roles: string) {
  const path = `roles/${roles.replaceAll(/\W/g, '-')}`;
  const made = await rehearsal.at(cp(1), 'config', 'new', path, '--roles', roles);
  expect(made).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  return (...argv: string[]) =>
    rehearsal.talosctl(...argv, '--talosconfig', path, '-n', '10.0.1.2');
}

/** Calls that change nothing, or are refused for another reason than their caller. */
const calls = {
  apply: ['apply-config', '-f', 'main/controlplane.yaml', '--dry-run'],
  bootstrap: ['bootstrap'],
  dmesg: ['dmesg'],
  get: ['get', 'members'],
  kubeconfig: ['kubeconfig', '-', '--merge=false'],
  list: ['list', '/var/lib/etcd'],
  members: ['etcd', 'members'],
  newConfig: ['config', 'new', 'roles/never'],
  remove: ['etcd', 'remove-member', '0000000000000001'],
  secrets: ['get', 'machineconfig'],
  services: ['service'],
  snapshot: ['etcd', 'snapshot', 'roles/etcd.db'],
  status: ['etcd', 'status'],
  version: ['version'],
};

const reading = ['dmesg', 'get', 'list', 'members', 'services', 'status', 'version'];

describe('the roles of a client certificate', () => {
  it.each([
    ['os:reader', reading],
    ['os:operator', [...reading, 'snapshot']],
    ['os:etcd:backup', ['members', 'snapshot', 'status']],
    ['os:reader,os:etcd:backup', [...reading, 'snapshot']],
    ['os:impersonator', []],
  ])('%s allows what it allows on a node, and no more', async (roles, allowed) => {
    const call = await withRoles(roles);
    const taken: string[] = [];
    for (const [name, argv] of Object.entries(calls)) {
      const { exitCode, stderr } = await call(...argv);
      if (exitCode === 0) taken.push(name);
      else expect(stderr, name).toContain(refused);
    }
    expect(taken).toEqual([...allowed].sort());
  });

  it('let an operator restart nodes, and a reader not', async () => {
    const reader = await withRoles(' os:reader');
    expect((await reader('reboot', '--wait=false')).stderr).toContain(refused);
    expect((await reader('shutdown', '--wait=false')).stderr).toContain(refused);
    const operator = await withRoles('os:operator,os:reader');
    expect((await operator('reset', '--wait=false')).stderr).toContain(refused);
    expect((await operator('reboot', '--wait=false')).exitCode).toBe(0);
    rehearsal.pass(120);
  });
});

describe('talosctl config new', () => {
  it('names the context after its only role and keeps the endpoints', async () => {
    await withRoles('os:image:verifier');
    expect(rehearsal.read('roles/os-image-verifier')).toMatch(
      /^context: image:verifier@demo\ncontexts:\n {4}image:verifier@demo:\n {8}endpoints:\n {12}- 203\.0\.113\.1\n {8}ca: /,
    );
    const info = await rehearsal.talosctl(
      ...['config', 'info', '--talosconfig', 'roles/os-image-verifier'],
    );
    expect(info.stdout).toContain('Roles:               os:image:verifier\n');
  });

  it('takes a lifetime, after which nobody believes the certificate', async () => {
    const flags = ['--crt-ttl', '1h30m', '--roles', 'os:reader'];
    await rehearsal.at(cp(1), 'config', 'new', 'roles/short', ...flags);
    const call = () =>
      rehearsal.talosctl('version', '--talosconfig', 'roles/short', '-n', '203.0.113.1');
    expect((await call()).exitCode).toBe(0);
    rehearsal.pass(2 * 3_600);
    expect((await call()).stderr).toContain('remote error: tls: expired certificate');
  });

  /** The first three compared with the real talosctl 1.13.9. */
  it.each([
    [['roles/x', '--roles', 'os:foo,os:bar'], 'unknown roles: os:foo, os:bar\n'],
    [['main/talosconfig'], 'talosconfig file already exists: "main/talosconfig"\n'],
    [
      ['roles/x', '-n', '10.0.1.1,10.0.1.2'],
      'command "talosconfig" is not supported with multiple nodes\n',
    ],
    [['roles/x', '--crt-ttl', '0s'], 'desc = crt_ttl should be positive'],
  ])('%j is refused', async (argv, message) => {
    const nodes = argv.includes('-n') ? [] : ['-n', '203.0.113.1'];
    const result = await rehearsal.talosctl(
      ...['config', 'new', ...argv, ...nodes, '--talosconfig', 'main/talosconfig'],
      ...['-e', '203.0.113.1'],
    );
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(message);
  });

  it('is refused by a worker, which has no key to sign with', async () => {
    const worker = rehearsal.room.put('demo-w-1', rehearsal.read('main/worker.yaml'));
    rehearsal.pass(120);
    const { stderr } = await rehearsal.at(worker, 'config', 'new', 'roles/worker');
    expect(stderr).toContain('generate client configuration is only available on control plane');
    expect(nth(rehearsal.room.list, 3)).toBe(worker);
  });
});
