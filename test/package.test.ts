import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../src/lib/errors.js';
import { projectFolder } from './helpers/source-files.js';

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

type Manifest = Readonly<Record<string, unknown>> & {
  readonly version: string;
  readonly scripts: object;
};

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oxide-package-'));
  const npm = (command: string, args: readonly string[], cwd: string): string =>
    execFileSync(command, args, {
      ...{ cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      // A machine on which npm has never seen oxide, and from which it reaches nobody.
      env: { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' },
    });
  let packed: Packed;

  beforeAll(() => {
    // As it was built: what packs it for others builds it first.
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    [packed] = JSON.parse(npm('npm', args, projectFolder)) as [Packed];
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('starts in an empty folder without anything installed', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const args = ['--yes', '--package', join(folder, packed.filename), 'oxide', '--version'];
    const { version } = manifest();
    expect(npm('npx', args, empty)).toBe(`${version}\n`);
    expect(readdirSync(empty)).toEqual([]);
  });

  it('rehearses with the tools of its user, and says where they are to be had', () => {
    execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', folder]);
    const main = join(folder, 'package', 'dist', 'cli', 'main.js');
    copyFileSync(join(folder, 'package', 'cluster.example.yaml'), join(folder, 'cluster.yaml'));
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--sandbox', 'create'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: '', HOME: folder },
    });
    expect([status, stdout]).toEqual([ExitCode.precondition, '']);
    expect(stderr).toContain('→ Install kubectl so that it is on the PATH: https://');
    expect(stderr).toContain('Install helm so that it is on the PATH: https://');
  });

  it('installs no package, and runs nothing when it is installed', () => {
    const { name, bin, scripts, ...rest } = manifest();
    expect([name, bin]).toEqual(['oxide-talos', { oxide: 'dist/cli/main.js' }]);
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
      expect(rest).not.toHaveProperty(field);
    }
    const atInstallation = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(atInstallation.filter((script) => script in scripts)).toEqual([]);
  });

  it('has the source maps, the licences of what is in it, and the JSON Schema', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'cluster.example.yaml', 'dist/licences.txt']),
    );
    const code = paths.filter((path) => /^dist\/.*\.js$/.test(path));
    const unmapped = code.filter((path) => !paths.includes(`${path}.map`));
    // The bundler's own words have no source.
    expect(unmapped.filter((path) => !path.includes('/rolldown-runtime-'))).toEqual([]);
    const notices = read('dist/licences.txt');
    for (const name of ['commander', 'execa', 'undici', 'yaml', 'zod', '@peculiar/x509']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d.*: (MIT|ISC)`, 'm'));
    }
    const schema = JSON.parse(read('dist/cluster.schema.json')) as { properties: object };
    expect(schema.properties).toHaveProperty('cluster_name');
  });
});

function read(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8');
}

function manifest(): Manifest {
  return JSON.parse(read('package.json')) as Manifest;
}
