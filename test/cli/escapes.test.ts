import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import type { CliIo } from '../../src/cli/io.js';
import { runCli } from '../../src/cli/program.js';
import { createUi } from '../../src/cli/ui.js';
import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { Secret } from '../../src/lib/secret.js';
import { seal } from '../../src/tools/sealed-archive.js';
import { testFolder } from '../helpers/cli.js';
import { clusterYaml, rehearse } from '../helpers/rehearsal.js';

/**
 * What a terminal obeys: colours, a title, a cleared screen, a carriage return, the one-character form
 * of the same (C1), text that runs the other way, and a line that looks like oxide's own.
 */
const attack =
  '\u001b[31m\u001b]0;owned\u0007\u001b[2J\rA\u009b1A\u202eB\u200b\u007fC\n✔ All is well';
const shown = '\\u001b[31m\\u001b]0;owned\\u0007\\u001b[2J\\rA\\u009b1A\\u202eB\\u200b\\u007fC';

interface Said {
  readonly io: CliIo;
  readonly text: () => { readonly stdout: string; readonly stderr: string };
}

/** A terminal without colours: every escape that arrives was not oxide's own. */
function terminal(env: CliIo['env'] = {}): Said {
  const text = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') => ({
    write: (part: string) => {
      text[name] += part;
      return true;
    },
  });
  return {
    io: {
      env,
      stdin: new PassThrough(),
      stdout: into('stdout'),
      stderr: into('stderr'),
      signal: new AbortController().signal,
    },
    text: () => text,
  };
}

function harmless(text: string): void {
  expect(text).toContain(shown);
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
  expect(text).not.toMatch(/^✔ All/m);
}

/** Calls oxide in a folder with this cluster.yaml. */
async function said(
  args: readonly string[],
  { folder, yaml = clusterYaml(1, 0), env = {} }: SaidOptions,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  writeFileSync(join(folder, 'cluster.yaml'), yaml);
  const { io, text } = terminal({ HCLOUD_TOKEN: 'x'.repeat(64), ...env });
  const places = ['--config', join(folder, 'cluster.yaml'), '--output', join(folder, 'output')];
  await runCli([...places, ...args], io);
  return text();
}

interface SaidOptions {
  readonly folder: string;
  readonly yaml?: string;
  readonly env?: CliIo['env'];
}

/** A Hetzner API that answers everything with an error. A header can hold no more than C1. */
async function refusing(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(403, {
      'content-type': 'application/json',
      'x-correlation-id': 'c\u009b1A',
    });
    response.end(JSON.stringify({ error: { code: 'odd', message: `no: ${attack}` } }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe('what others say reaches the terminal as text', () => {
  test('unknown keys of cluster.yaml', async () => {
    const yaml = `${clusterYaml(1, 0)}\n${JSON.stringify(attack)}: 1\n"other": 2\n`;
    const { stderr } = await said(['validate'], { folder: testFolder(), yaml });
    harmless(stderr);
    expect(stderr).toContain('\\n✔ All is well"');
    expect(stderr.match(/^\S*cluster\.yaml:\d+:\d+ unknown key/gm)).toHaveLength(2);
  });

  test('the owner line of an archive', async () => {
    const folder = testFolder();
    const passphrase = 'four words nobody says';
    const owner = attack.replace('\n', '').replace('\r', '');
    const text = `# Secrets of the cluster "${owner}"\n${stringify({ certs: {} })}`;
    const copy = join(folder, 'copy.age');
    writeFileSync(
      copy,
      await seal(new Map([['secrets.yaml', text]]), {
        passphrase: new Secret(passphrase),
        workFactor: 10,
      }),
    );
    const env = { OXIDE_PASSPHRASE: passphrase };
    const { stderr } = await said(['secrets', 'import', copy], { folder, env });
    expect(stderr).toContain('belongs to the cluster');
    harmless(stderr.replace('[2JA', '[2J\\rA'));
  });

  test("an error of Hetzner's API and its correlation id", async () => {
    const folder = testFolder();
    const env = { HCLOUD_ENDPOINT: await refusing() };
    const { stderr } = await said(['status'], { folder, env });
    harmless(stderr);
    expect(stderr).toContain('Hetzner refused it (odd): no: ');
  });

  test('what a tool wrote', async () => {
    const folder = testFolder();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const name of ['talosctl', 'kubectl', 'helm']) {
      writeFileSync(join(bin, name), `#!/bin/sh\ncat "${folder}/attack" >&2\nexit 1\n`);
      chmodSync(join(bin, name), 0o755);
    }
    writeFileSync(join(folder, 'attack'), attack);
    const env = { HCLOUD_ENDPOINT: await refusing(), PATH: `${bin}:/usr/bin:/bin` };
    const { stderr } = await said(['create', '--verbose'], { folder, env });
    harmless(stderr);
  });

  test('names and labels of a resource, in a plan and in a result', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 0));
    const { ctx } = rehearsal.run();
    await create(ctx);
    // The real API would not take such names; a mirror or a changed answer may hold them.
    const named = async <T extends { readonly labels: object }>(list: Promise<T[]>) =>
      (await list).map((one) => ({
        ...one,
        name: attack,
        labels: { ...one.labels, pool: attack },
      }));
    const hetzner = {
      ...ctx.hetzner,
      servers: (selector?: string) => named(ctx.hetzner.servers(selector)),
      networks: (selector?: string) => named(ctx.hetzner.networks(selector)),
    };
    const request = { deleteVolumes: false, deleteLoadBalancers: false, dryRun: true };
    const outcome = await destroy(
      { ...ctx, hetzner },
      { ...request, confirm: () => Promise.resolve(false) },
    );
    if (outcome.kind !== 'preview') throw new Error('a dry run shows its plan');
    const { io, text } = terminal();
    createUi(io, { config: '', output: '' }).printPlan(outcome.plan);
    harmless(text().stdout);
    expect(text().stdout.match(/^- (server|network) /gm)).toHaveLength(2);
  });
});
