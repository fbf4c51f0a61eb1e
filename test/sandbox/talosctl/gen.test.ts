import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { callTalosctl } from '../../../src/sandbox/talosctl/call.js';
import { Rehearsal } from '../talos/rehearsal.js';

let rehearsal: Rehearsal;

beforeEach(() => {
  rehearsal = new Rehearsal();
});

const config = ['gen', 'config', 'demo', 'https://10.0.1.1:6443', '--with-secrets', 'secrets.yaml'];

describe('gen secrets', () => {
  it('writes the bundle for its owner only, and not over one that exists', async () => {
    expect(await rehearsal.talosctl('gen', 'secrets')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    expect(statSync(join(rehearsal.folder, 'secrets.yaml')).mode & 0o777).toBe(0o600);
    const bundle = parse(rehearsal.read('secrets.yaml')) as Record<string, object>;
    expect(Object.keys(bundle)).toEqual(['cluster', 'secrets', 'trustdinfo', 'certs']);
    expect(Object.keys(bundle['certs'] ?? {})).toEqual([
      'etcd',
      'k8s',
      'k8saggregator',
      'k8sserviceaccount',
      'os',
    ]);
    expect(await rehearsal.talosctl('gen', 'secrets')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'file "secrets.yaml" already exists, use --force to overwrite\n',
    });
  });

  it('invents new secrets each time and prints them when asked', async () => {
    const one = await rehearsal.talosctl('gen', 'secrets', '-o', '-');
    const other = await rehearsal.talosctl('gen', 'secrets', '--output-file=-');
    expect(one.stdout).toContain('bootstraptoken: ');
    expect(one.stdout).not.toBe(other.stdout);
  });
});

describe('gen config', () => {
  beforeEach(() => rehearsal.talosctl('gen', 'secrets'));

  it('writes no file any more when nobody waits for it', async () => {
    const secrets = join(rehearsal.folder, 'secrets.yaml');
    const out = join(rehearsal.folder, 'late');
    const args = [...config.slice(0, -1), secrets, '-o', out];
    const left = new AbortController();
    const ending = callTalosctl({ args, env: {}, signal: left.signal });
    left.abort();
    expect(await ending).toMatchObject({
      ...{ exitCode: 1, stderr: 'generating PKI and tokens\nsignal: terminated\n' },
    });
    expect(existsSync(out)).toBe(false);
    expect(await callTalosctl({ args, env: {} })).toMatchObject({ exitCode: 0 });
  });

  it('writes three files and says so', async () => {
    const { stderr, exitCode } = await rehearsal.talosctl(...config, '-o', 'out');
    expect(exitCode).toBe(0);
    expect(stderr.replaceAll('\\', '/')).toBe(
      'generating PKI and tokens\nCreated out/controlplane.yaml\nCreated out/worker.yaml\nCreated out/talosconfig\n',
    );
    for (const file of ['controlplane.yaml', 'worker.yaml']) {
      const result = await rehearsal.talosctl('validate', '-m', 'cloud', '-c', `out/${file}`);
      expect(result.stdout).toBe(`out/${file} is valid for cloud mode\n`);
    }
  });

  it('gives the workers no private key of an authority', async () => {
    const { stdout } = await rehearsal.talosctl(...config, '-t', 'worker', '-o', '-');
    expect(stdout).not.toMatch(/key: [A-Za-z0-9]/);
    expect(stdout).toContain('secret: ');
  });

  it.each([
    ['v1.11', 1],
    ['v1.13', 2],
  ])('for %s has %d documents', async (version, count) => {
    const flags = ['--talos-version', version, '-t', 'worker', '-o', '-'];
    const { stdout } = await rehearsal.talosctl(...config, ...flags);
    expect(parseAllDocuments(stdout)).toHaveLength(count);
  });

  it('applies common patches first and those of the role then', async () => {
    const patch = (image: string): string => `machine: { install: { image: ${image} } }`;
    const { stdout } = await rehearsal.talosctl(
      ...config,
      '--config-patch-worker',
      patch('role'),
      '--config-patch',
      patch('common'),
      '-t',
      'worker',
      '-o',
      '-',
    );
    expect(stdout).toContain('image: role\n');
  });

  it('applies a common patch to both roles, also to the one that is not written', async () => {
    // Only control planes have this label: taking it away from a worker's configuration fails.
    const label = 'node.kubernetes.io/exclude-from-external-load-balancers';
    const patch = `machine: { nodeLabels: { ${label}: { $patch: delete } } }`;
    const flags = ['-t', 'controlplane', '-o', '-'];
    const ofRole = ['--config-patch-control-plane', patch, ...flags];
    expect((await rehearsal.talosctl(...config, ...ofRole)).exitCode).toBe(0);
    const common = await rehearsal.talosctl(...config, '--config-patch', patch, ...flags);
    expect(common.exitCode).toBe(1);
  });

  it.each([
    [['gen', 'config', 'demo'], 'accepts 2 arg(s), received 1\n\nUsage:\n'],
    [
      ['gen', 'config', 'demo', '10.0.1.1'],
      'no scheme and port specified for the cluster endpoint URL\ntry: "https://10.0.1.1:6443"\n',
    ],
    [
      ['gen', 'config', 'demo', 'http://10.0.1.1:6443'],
      'the control plane endpoint URL should have scheme https://\ntry: "https://10.0.1.1:6443"\n',
    ],
    [
      [...config, '--talos-version', 'newest'],
      'invalid talos-version: error parsing version "vnewest"\n',
    ],
    [[...config, '-o', '-'], "can't use multiple output types with stdout\n"],
    [[...config, '-t', 'nodes'], '1 error occurred:\n\t* invalid output type: "nodes"\n'],
    [
      ['gen', 'config', 'demo', 'https://a:1', '--with-secrets', 'none.yaml'],
      'failed to load secrets bundle: open none.yaml: no such file or directory\n',
    ],
    [
      [...config, '--config-patch', 'machine: { kubelt: {} }'],
      'error parsing config JSON patch: error decoding document /v1alpha1/ (line 1): unknown keys found during decoding:\nmachine:\n',
    ],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stderr } = await rehearsal.talosctl(...argv);
    expect(exitCode).toBe(1);
    expect(stderr.startsWith(message)).toBe(true);
  });

  it('refuses a bundle with a part missing', async () => {
    rehearsal.write(
      'secrets.yaml',
      rehearsal.read('secrets.yaml').replace(/trustdinfo:\n.*\n/, ''),
    );
    const { stderr } = await rehearsal.talosctl(...config);
    expect(stderr).toBe(
      'failed to validate secrets bundle: 1 error occurred:\n\t* trustdinfo is required\n\n\n',
    );
  });
});
