import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { domainFacts, layers, rooms, typesOnly, violations } from './helpers/architecture.js';
import { circles } from './helpers/circles.js';
import { bareCommands } from './helpers/named-commands.js';
import { picture } from './helpers/picture.js';
import { projectFolder, readSources } from './helpers/source-files.js';

/** What the check finds in one file with this text. */
function found(path: string, text: string): readonly string[] {
  return violations([{ path, text }]);
}

describe('the source', () => {
  const sources = readSources();

  it('keeps to its layers and its owners', () => {
    expect(violations(sources)).toEqual([]);
  });

  it('names commands only so that they are written out with the flags of the run', () => {
    expect(sources.flatMap(bareCommands)).toEqual([]);
  });

  it('has no file that imports itself in a circle, types included', () => {
    expect(circles(sources)).toEqual([]);
  });

  it('has files in every layer and room, and those that the rules name', () => {
    const paths = sources.map(({ path }) => path);
    const inRooms = Object.entries(rooms).flatMap(([layer, names]) =>
      names.map((room) => `${layer}/${room}`),
    );
    for (const folder of [...Object.keys(layers), ...inRooms]) {
      expect(
        paths.some((path) => path.startsWith(`${folder}/`)),
        folder,
      ).toBe(true);
    }
    expect(paths).toEqual(expect.arrayContaining([...domainFacts, 'lib/wait.ts', 'tools/exec.ts']));
  });
});

describe('the table of layers', () => {
  it('has no circle: every layer imports only layers further in', () => {
    const order = Object.keys(layers);
    const outward = Object.entries(layers).flatMap(([layer, inner]) =>
      inner
        .filter((other) => order.indexOf(other) <= order.indexOf(layer))
        .map((other) => `${layer} → ${other}`),
    );
    expect(outward).toEqual([]);
  });

  it('knows two that look back at config, and at types only', () => {
    expect(typesOnly).toEqual({ cluster: ['config'], addons: ['config'] });
  });
});

describe('docs/architecture.md', () => {
  const text = readFileSync(join(projectFolder, 'docs', 'architecture.md'), 'utf8');

  it('shows the layers and rooms as they are', () => {
    expect(text).toContain(`\n\`\`\`mermaid\n${picture()}\n\`\`\`\n`);
  });

  it('says of every layer and room what is in it', () => {
    const folders = [
      ...Object.keys(layers),
      ...Object.entries(rooms).flatMap(([layer, names]) => names.map((room) => `${layer}/${room}`)),
    ];
    expect(folders.filter((folder) => !text.includes(`| \`${folder}/\``))).toEqual([]);
  });
});

describe('a planted violation is found', () => {
  it.each([
    ['sandbox/cloud/servers.ts', '../../hetzner/resources.js', 'sandbox must not import hetzner'],
    ['lib/step.ts', '../steps/run/context.js', 'lib must not import steps'],
    ['flows/create.ts', '../hetzner/api.js', 'flows must not import hetzner'],
    ['flows/create.ts', '../tools/kubectl.js', 'flows must not import tools'],
    ['ui/created.ts', '../flows/create.js', 'ui must not import flows'],
    ['hetzner/api.ts', '../tools/exec.js', 'hetzner must not import tools'],
    ['tools/exec.ts', '../config/schema.js', 'tools must not import config'],
    ['config/schema.ts', '../cluster/plan/create/create-plan.js', 'config must not import cluster'],
    [
      'cluster/plan/create/create-plan.ts',
      '../../../config/load.js',
      'cluster may only import types of config',
    ],
    [
      'cluster/plan/create/create-plan.ts',
      '../../../hetzner/api.js',
      'cluster must not import hetzner',
    ],
  ])('%s that imports %s', (path, specifier, reason) => {
    const forms = [
      `import { x } from '${specifier}';`,
      `import '${specifier}';`,
      `export { x } from '${specifier}';`,
      `export * from '${specifier}';`,
      `const x = await import('${specifier}');`,
    ];
    for (const form of forms) {
      const [first, ...more] = found(path, form);
      expect(first, form).toContain(`${path}: imports `);
      expect(first, form).toContain(reason);
      expect(more, form).toEqual([]);
    }
  });

  it('a type is no excuse, except from config to cluster', () => {
    const forms = [
      "import type { X } from '#';",
      "import { type X } from '#';",
      "let x: import('#').X;",
    ];
    for (const form of forms) {
      const of = (specifier: string) => form.replace('#', specifier);
      expect(found('sandbox/world.ts', of('../cluster/state/cluster-state.js')), form).toHaveLength(
        1,
      );
      expect(
        found('cluster/plan/create/create-plan.ts', of('../../../config/schema.js')),
        form,
      ).toEqual([]);
    }
  });

  it.each([
    ['cluster/state/labels.ts', '../plan/plan.js', 'cluster/state must not import cluster/plan'],
    ['cluster/plan/plan.ts', '../status/report.js', 'cluster/plan must not import cluster/status'],
    [
      'cluster/plan/create/a.ts',
      '../scale/b.js',
      'cluster/plan/create must not import cluster/plan/scale',
    ],
    ['steps/run/lease.ts', '../observe/observe.js', 'steps/run must not import steps/observe'],
    ['steps/hetzner/servers.ts', '../talos/etcd.js', 'steps/hetzner must not import steps/talos'],
  ])('a room that looks upwards: %s that imports %s', (path, specifier, reason) => {
    expect(found(path, `import type { X } from '${specifier}';`)).toEqual([
      expect.stringContaining(`the room ${reason}`),
    ]);
    const inside = specifier.replace(/^\.\.\/[^/]+/, '.');
    expect(found(path, `import type { X } from '${inside}';`)).toEqual([]);
  });

  it('a file that a whole room shares, and that looks into a folder of the room', () => {
    expect(found('cluster/plan/plan.ts', "import { x } from './create/create-plan.js';")).toEqual([
      expect.stringContaining('the room cluster/plan must not import cluster/plan/create'),
    ]);
    expect(found('cluster/plan/create/a.ts', "import { x } from '../plan.js';")).toEqual([]);
  });

  it('a file in no room of a layer that has some', () => {
    expect(found('steps/servers.ts', '')).toEqual(['steps/servers.ts: is in no room of steps']);
    expect(found('cluster/other/x.ts', '')).toEqual([
      'cluster/other/x.ts: is in no room of cluster',
    ]);
  });

  it('a circle, of types as well, and over several files', () => {
    const planted = (path: string, specifier: string) => ({
      path,
      text: `import type { X } from '${specifier}';`,
    });
    const circle = [
      planted('lib/a.ts', './b.js'),
      planted('lib/b.ts', './c.js'),
      planted('lib/c.ts', './a.js'),
      planted('lib/d.ts', './a.js'),
    ];
    expect(circles(circle)).toEqual(['lib/a.ts ↔ lib/b.ts ↔ lib/c.ts']);
    expect(circles(circle.slice(1))).toEqual([]);
  });

  it('config may use the facts of the domain, as long as those stay pure', () => {
    expect(
      found('config/fields.ts', "import { contains } from '../cluster/network/cidr.js';"),
    ).toEqual([]);
    expect(
      found('cluster/state/names.ts', "import type { X } from '../../config/schema.js';"),
    ).toEqual([
      'cluster/state/names.ts: imports config/schema.ts, but config relies on it: only lib and its like',
    ]);
    expect(
      found('cluster/network/node-addresses.ts', "import { contains } from './cidr.js';"),
    ).toEqual([]);
  });

  it('files outside of the layers and of src', () => {
    expect(found('helpers/x.ts', '')).toEqual(['helpers/x.ts: is in no layer']);
    expect(found('cli/main.ts', "import { x } from '../../test/x.js';")).toEqual([
      'cli/main.ts: imports ../test/x.ts, which is outside of src',
    ]);
  });

  it.each([
    ['undici', 'hetzner/api.ts', 'hetzner/client.ts'],
    ['undici', 'tools/download.ts', 'sandbox/loopback.ts'],
    ['execa', 'tools/exec.ts', 'tools/kubectl.ts'],
    ['commander', 'cli/build-program.ts', 'ui/error.ts'],
    ['age-encryption', 'tools/sealed-archive.ts', 'steps/talos/secrets.ts'],
    ['tar-stream', 'tools/sealed-archive.ts', 'flows/secrets.ts'],
    ['ora', 'ui/tty.ts', 'cli/ui.ts'],
    ['yaml', 'config/source.ts', 'cluster/talos/machine-config.ts'],
    ['node:https', 'sandbox/node-proxy.ts', 'tools/download.ts'],
    ['node:timers/promises', 'lib/wait.ts', 'steps/talos/bootstrap.ts'],
  ])('%s is for %s, not for %s', (name, owner, other) => {
    const text = `import type { X } from '${name}';`;
    expect(found(owner, text)).toEqual([]);
    expect(found(other, text)).toHaveLength(1);
  });

  it('modules of Node without their prefix, parts of packages, and names that are computed', () => {
    expect(found('tools/exec.ts', "import { spawn } from 'child_process';")).toHaveLength(1);
    expect(found('tools/exec.ts', "import { spawn } from 'node:child_process';")).toHaveLength(1);
    expect(found('lib/step.ts', "import x from 'yaml/util';")).toHaveLength(1);
    expect(found('cli/main.ts', 'await import(name);')).toHaveLength(1);
    expect(found('cli/main.ts', "const x = require('x');")).toHaveLength(1);
  });

  it.each([
    'setTimeout(f, 1);',
    'const later = setInterval;',
    'globalThis.setImmediate(f);',
    'const now = Date.now();',
    'const now = [1].map(Date.now);',
    'const now = new Date();',
    "import { setTimeout } from 'timers';",
    'const signal = AbortSignal.timeout(5);',
    "const now = performance['now']();",
    "const token = process.env['HCLOUD_TOKEN'];",
    "const token = process['env'];",
    'const { env } = process;',
    'run(process);',
    'globalThis.process.exit(1);',
    'process.exitCode = 1;',
    "process.stdout.write('x');",
    "console.log('x');",
    "await fetch('https://example.com');",
  ])('%s in a step', (text) => {
    expect(found('steps/talos/bootstrap.ts', text).length).toBeGreaterThan(0);
  });

  it('a command in a text that nothing writes out', () => {
    const bare = (text: string) => bareCommands({ path: 'steps/run/lease.ts', text });
    expect(bare("const a = 'Make it: oxide create';")).toHaveLength(1);
    expect(bare('const a = `oxide status shows ${b}`;')).toHaveLength(1);
    expect(bare('const a = `Look: kubectl --kubeconfig ${b} get nodes`;')).toHaveLength(1);
    expect(bare('const a = `Make it: ${oxide`create`}`;')).toEqual([]);
    expect(bare('const a = `Look: ${tool`kubectl get nodes`}`;')).toEqual([]);
    expect(bare('// oxide create\nconst a = "another oxide is at work";')).toEqual([]);
  });

  it('what only looks like one is left alone', () => {
    const text = `
      // setTimeout(f, 1) and process.env are mentioned here only
      const text = 'Date.now() and import { execa } from "execa"';
      server.setTimeout(5);
      const chart = { fetch: () => 1 };
      chart.fetch();
      const day = new Date(1_000);
      const parsed = Date.parse('2026-01-01');
      const alive = process.kill(process.pid, 0);
      const any = AbortSignal.any([signal]);
      interface Door { fetch(): void; setTimeout: number }
      export type When = Date;
    `;
    expect(found('steps/talos/bootstrap.ts', text)).toEqual([]);
  });

  it('the owners may', () => {
    const timers = 'setTimeout(f, 1); Date.now(); AbortSignal.timeout(1);';
    expect(found('lib/wait.ts', timers)).toEqual([]);
    expect(found('ui/tty.ts', 'performance.now(); process.stdout.write("x");')).toEqual([]);
    expect(found('cli/main.ts', 'process.exit(1); process.argv; process.env;')).toEqual([]);
    expect(found('sandbox/talosctl/main.ts', 'process.exitCode = 1;')).toEqual([]);
    expect(found('sandbox/talosctl/run.ts', 'process.exitCode = 1;')).toHaveLength(1);
  });
});
