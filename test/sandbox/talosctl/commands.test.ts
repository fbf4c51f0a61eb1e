import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bootstrapped, Rehearsal } from '../talos/rehearsal.js';

describe('the command line', () => {
  it.each([
    [['frob'], 'unknown command "frob" for "talosctl"'],
    [['gen', 'secrets', '--foo'], 'unknown flag: --foo'],
    [['validate', '-z'], "unknown shorthand flag: 'z' in -z"],
    [['validate', '-c', 'x'], 'required flag(s) "mode" not set'],
    [['validate', '--mode'], 'flag needs an argument: --mode'],
    [['gen', 'secrets', 'x'], 'unknown command "x" for "talosctl gen secrets"'],
    [['etcd', 'remove-member'], 'accepts 1 arg(s), received 0'],
    [['kubeconfig', 'a', 'b'], 'accepts at most 1 arg(s), received 2'],
    [['config', 'endpoint'], 'requires at least 1 arg(s), only received 0'],
    [['get'], 'accepts between 1 and 2 arg(s), received 0'],
    [
      ['reset', '--graceful=maybe'],
      'invalid argument "maybe" for "--graceful" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      ['reset', '--timeout', 'soon'],
      'invalid argument "soon" for "--timeout" flag: time: invalid duration "soon"',
    ],
    [
      ['apply-config', '-m', 'later'],
      'invalid argument "later" for "-m, --mode" flag: possible options are: auto, no-reboot, reboot, staged, try',
    ],
  ])('refuses %j and shows the usage', async (argv, message) => {
    const { exitCode, stderr } = await new Rehearsal().talosctl(...argv);
    expect(exitCode).toBe(1);
    expect(stderr.startsWith(`${message}\n\nUsage:\n`)).toBe(true);
  });

  it('tells its version without any cluster', async () => {
    const { stdout } = await new Rehearsal().talosctl('version', '--client', '--short');
    expect(stdout).toBe('Client:\nTalos v1.13.9\n');
  });

  it('creates a talosconfig that is named but missing, and then has no endpoints', async () => {
    const rehearsal = new Rehearsal();
    const { stderr } = await rehearsal.talosctl('etcd', 'members', '--talosconfig', 'new/config');
    expect(stderr).toBe('error constructing client: failed to determine endpoints\n');
    expect(statSync(join(rehearsal.folder, 'new/config')).isFile()).toBe(true);
  });
});

/** Each compared with the real talosctl 1.13.9. */
describe('flags before the command', () => {
  it('are those of the command, with their values', async () => {
    const { rehearsal } = await bootstrapped(1);
    const config = ['--talosconfig', 'main/talosconfig', '-e', '203.0.113.1'];
    for (const argv of [
      [...config, '-n', '203.0.113.1', 'list', '/var/lib/etcd'],
      [...config, 'ls', '-n', '203.0.113.1', '/var/lib/etcd'],
      ['-n=203.0.113.1', '-e=203.0.113.1', '--talosconfig=main/talosconfig', 'ls', '/var/lib/etcd'],
    ]) {
      const { stdout } = await rehearsal.talosctl(...argv);
      expect(stdout, argv.join(' ')).toContain('member');
    }
    const members = await rehearsal.talosctl(...config, 'etcd', '-n', '203.0.113.1', 'members');
    expect(members.stdout).toContain('demo-cp-1');
  });

  it.each([
    [['-n203.0.113.1', 'version', '--client', '--short'], 'Client:\nTalos v1.13.9\n', ''],
    [['203.0.113.1', 'version'], '', 'unknown command "203.0.113.1" for "talosctl"\n'],
    [['--nodes', '203.0.113.1', 'frob'], '', 'unknown command "frob" for "talosctl"\n'],
    [['-n', '203.0.113.1'], '', "unknown shorthand flag: 'n' in -n\n"],
    [['--short', 'version'], '', 'unknown flag: --short\n'],
    [['-', 'version'], '', 'unknown command "-" for "talosctl version"\n'],
    [['-h', 'version'], 'Usage:\n  talosctl [command]\n', ''],
  ])('%j prints what the real one prints', async (argv, stdout, stderr) => {
    const result = await new Rehearsal().talosctl(...argv);
    expect(result.stdout.startsWith(stdout)).toBe(true);
    expect(result.stderr.startsWith(stderr)).toBe(true);
  });
});

/** The real talosctl 1.13.9 and 1.14.0-rc.1, called on a node that answers with an error. */
describe('a call that a node refuses', () => {
  const refused = 'rpc error: code = Unavailable desc = connection error';

  it('is a list of one with its node, and since 1.14 a line', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    rehearsal.world.setFault({ kind: 'etcd-crash', machine: 'demo-cp-1' });
    rehearsal.pass(1);
    const status = () => rehearsal.at(cp(1), 'etcd', 'status');
    expect((await status()).stderr).toMatch(
      new RegExp(
        `^error getting status: 1 error occurred:\\n\\t\\* 203.0.113.1: ${refused}.*\\n\\n\\n$`,
      ),
    );
    rehearsal.version = 'v1.14.0';
    expect((await status()).stderr).toMatch(
      new RegExp(`^error from node 203.0.113.1: ${refused}.*\\n$`),
    );
  });

  it('stands alone when the endpoint does not answer', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    rehearsal.room.change(cp(1).id, { poweredOnAt: undefined });
    rehearsal.pass(5);
    expect((await rehearsal.at(cp(1), 'etcd', 'status')).stderr).toMatch(
      new RegExp(`^error getting status: ${refused}: desc = "transport: .*"\\n$`),
    );
  });
});

describe('config', () => {
  it('sets endpoints and nodes, which calls then use', async () => {
    const { rehearsal } = await bootstrapped(1);
    const file = ['--talosconfig', 'main/talosconfig'];
    await rehearsal.talosctl('config', ...file, 'endpoint', '203.0.113.1');
    await rehearsal.talosctl('config', ...file, 'node', '203.0.113.1');
    expect((await rehearsal.talosctl('etcd', 'members', ...file)).exitCode).toBe(0);
    const { stdout } = await rehearsal.talosctl('config', 'info', ...file);
    expect(stdout).toBe(
      'Current context:     demo\nNodes:               203.0.113.1\nEndpoints:           203.0.113.1\n' +
        'Roles:               os:admin\nCertificate expires: 1 year from now (2027-01-01)\n',
    );
  });

  it('names what is missing', async () => {
    const { rehearsal } = await bootstrapped(1);
    const { stderr } = await rehearsal.talosctl(
      'version',
      '--talosconfig',
      'main/talosconfig',
      '-e',
      '203.0.113.1',
    );
    expect(stderr).toContain('nodes are not set for the command: please use `--nodes` flag');
  });
});

describe('credentials', () => {
  it('of other secrets are refused by name', async () => {
    const { rehearsal } = await bootstrapped(1);
    await rehearsal.generate('other');
    const flags = ['--talosconfig', 'other/talosconfig', '-e', '203.0.113.1', '-n', '203.0.113.1'];
    const { stderr, exitCode } = await rehearsal.talosctl('etcd', 'members', ...flags);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('x509: certificate signed by unknown authority');
  });

  it('with the certificate of another authority are refused by the node', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    await rehearsal.generate('other');
    const own = rehearsal.read('main/talosconfig');
    const line = (name: string, text: string): string =>
      new RegExp(`^ +${name}: .*$`, 'm').exec(text)?.[0] ?? '';
    const other = rehearsal.read('other/talosconfig');
    rehearsal.write('main/talosconfig', other.replace(line('ca', other), line('ca', own)));
    const { stderr } = await rehearsal.at(cp(1), 'version');
    expect(stderr).toContain('remote error: tls: unknown certificate authority');
  });
});

describe('kubeconfig', () => {
  it('is written for its owner only, for the endpoint of the cluster', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const written = await rehearsal.at(cp(1), 'kubeconfig', 'kc', '--merge=false');
    expect(written).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(statSync(join(rehearsal.folder, 'kc')).mode & 0o777).toBe(0o600);
    const kubeconfig = parse(rehearsal.read('kc')) as {
      clusters: { cluster: { server: string } }[];
      'current-context': string;
    };
    expect(kubeconfig.clusters[0]?.cluster.server).toBe('https://10.0.1.1:6443');
    expect(kubeconfig['current-context']).toBe('admin@demo');
  });

  it('is not written over without force, and merged under a new name', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const get = (...flags: string[]): ReturnType<typeof rehearsal.at> =>
      rehearsal.at(cp(1), 'kubeconfig', 'kc', ...flags);
    await get();
    const { stderr } = await get('--merge=false');
    expect(stderr).toBe('kubeconfig file already exists, use --force to overwrite: "kc"\n');
    expect((await get('--merge=false', '--force')).exitCode).toBe(0);
    await get();
    const kubeconfig = parse(rehearsal.read('kc')) as { contexts: { name: string }[] };
    expect(kubeconfig.contexts.map(({ name }) => name)).toEqual(['admin@demo', 'admin@demo-1']);
  });
});

describe('reading a node', () => {
  it('prints tables three spaces apart', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const { stdout } = await rehearsal.at(cp(1), 'etcd', 'members');
    expect(stdout.replace(/[0-9a-f]{16}/, 'f'.repeat(16))).toBe(
      'NODE          ID                 HOSTNAME    PEER URLS               CLIENT URLS             LEARNER\n' +
        '203.0.113.1   ffffffffffffffff   demo-cp-1   https://10.0.1.1:2380   https://10.0.1.1:2379   false\n',
    );
  });

  it('prints resources as JSON objects one after another, and single fields', async () => {
    const { rehearsal, cp } = await bootstrapped(2);
    const json = await rehearsal.at(cp(1), 'get', 'members', '-o', 'json');
    expect(json.stdout.match(/^\{$/gm)).toHaveLength(2);
    const field = await rehearsal.at(cp(1), 'get', 'version', '-o', "jsonpath='{.spec.version}'");
    expect(field.stdout).toBe('v1.13.9\n');
  });

  it('shows etcd preparing before the bootstrap and running after it', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const machine = rehearsal.room.put('a', controlPlane);
    rehearsal.pass(50);
    expect((await rehearsal.at(machine, 'service', 'etcd')).stdout).toContain('STATE    Preparing');
    await rehearsal.at(machine, 'bootstrap');
    rehearsal.pass(15);
    expect((await rehearsal.at(machine, 'service', 'etcd')).stdout).toContain('STATE    Running');
  });

  it('of several nodes warns of those that fail and succeeds', async () => {
    const { rehearsal, cp } = await bootstrapped(2);
    rehearsal.room.change(2, { poweredOnAt: undefined });
    const { exitCode, stdout, stderr } = await rehearsal.via(cp(1), '10.0.1.1,10.0.1.2', 'version');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('NODE:        10.0.1.1');
    expect(stderr).toContain(
      'WARNING: 1 error occurred:\n\t* 10.0.1.2: rpc error: code = Unavailable',
    );
  });
});

describe('health', () => {
  it('passes with the private addresses and names what is missing otherwise', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const lists = (address: string): string[] => ['--control-plane-nodes', address];
    const healthy = await rehearsal.at(cp(1), 'health', ...lists('10.0.1.1'));
    expect(healthy.exitCode).toBe(0);
    expect(healthy.stderr).toContain('waiting for all k8s nodes to report ready: SKIP\n');
    const public_ = await rehearsal.at(cp(1), 'health', ...lists('203.0.113.1'));
    expect(public_.exitCode).toBe(1);
    expect(public_.stderr).toContain('are not subset of control plane node ips');
  });
});
