import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CliIo } from '../../src/cli/io.js';
import { spellingOf } from '../../src/cli/own-command.js';
import { runCli } from '../../src/cli/program.js';
import { ExitCode } from '../../src/lib/errors.js';
import { bundledTools } from '../../src/sandbox/bundled-tools.js';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { sharedFolder, toolCache } from '../helpers/cli.js';
import { oxideCalls } from '../helpers/command-lines.js';
import { readPages, shellLines } from '../helpers/markdown.js';
import { namedCommands } from '../helpers/named-commands.js';
import { putSecrets, snapshotYaml } from '../helpers/prepared-folder.js';
import { projectFolder, readSources } from '../helpers/source-files.js';

// The stand-in for talosctl is a program of its own, which is built.
vi.mock('../../src/sandbox/talosctl-command.js', () => ({
  talosctlCommand: () => ({
    file: process.execPath,
    args: ['--no-warnings', join(projectFolder, 'dist', 'sandbox', 'talosctl', 'main.js')],
  }),
}));

// The folder has a blank in its name: a command without quotes around it would not work.
const folder = sharedFolder('oxide pasted ');
const places = { config: join(folder, 'cluster.yaml'), output: join(folder, 'my output') };
const { own, tool } = spellingOf({ ...places, sandbox: true });

interface Pasted {
  readonly code: number;
  readonly text: string;
}

/** What a printed line does in this folder's rehearsal. A shell gives its words. */
async function paste(line: string): Promise<Pasted> {
  let text = '';
  const stream = { write: (part: string) => ((text += part), true) };
  const env = {
    ...{ PATH: '', HOME: folder, XDG_CACHE_HOME: toolCache },
    ...{ OXIDE_SANDBOX_SPEED: '600', OXIDE_PASSPHRASE: 'four words nobody says' },
  };
  const io: CliIo = {
    ...{ env, stdin: new PassThrough().end(), stdout: stream, stderr: stream },
    signal: new AbortController().signal,
  };
  const [name, ...words] = wordsOf(line);
  expect(name).toBe('oxide');
  const code = await runCli(words, io);
  return { code, text };
}

/** Words with single quotes, as `quote` writes them. */
function wordsOf(line: string): string[] {
  return (line.match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? []).map((word) =>
    word.replace(
      /'([^']*)'|\\(.)/g,
      (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? '',
    ),
  );
}

/** What never ends by itself, asks, or is about another cluster or a pool that this one has not. */
const left =
  /serve|shell|--watch|sandbox (?:demo|reset|env)|^init|^--config|secrets|--merge|\.age|--pool gpu|--node/;

/** With these in the place of what a text inserts. */
const samples: Readonly<Record<string, string>> = {
  'scale … --pool … --count …': 'scale worker --pool web --count 1',
  'scale ROLE --count NUMBER': 'scale worker --count 1',
  'replace NODE': 'replace demo-web-1',
  // What the cluster of this test has.
  'addons apply traefik': 'addons apply cilium',
  // The only control plane is never replaced.
  'replace demo-cp-1 --force': 'replace demo-web-1 --force',
  'replace … --force': 'replace demo-web-1 --force',
  'talosctl --nodes … dmesg': 'talosctl dmesg',
  'kubectl uncordon …': 'kubectl uncordon demo-web-1',
  'kubectl -n … get pods -o wide': 'kubectl -n kube-system get pods -o wide',
};

function wholeOf(typed: string): readonly string[] {
  const whole = samples[typed] ?? typed;
  return /…|\b[A-Z]{2,}\b|<|^kubectl (?:delete|--)|create job|^hcloud|upgrade/.test(whole)
    ? []
    : [whole];
}

/** One of those that only differ in a number, or in how much is shown. */
function differing(calls: readonly string[]): readonly string[] {
  const bare = calls.map((call) => call.replace(/ --(?:dry-run|json|verbose|yes)\b/g, ''));
  const kinds = bare.map((call) => call.replace(/ --pool \S+/, '').replace(/\d+/g, ''));
  return bare.filter((_, i) => kinds.indexOf(kinds[i] ?? '') === i);
}

const named = readSources().flatMap(namedCommands);
const ofTexts = named.filter(({ tag }) => tag === 'oxide').map(({ typed }) => typed.slice(6));
const ofDocs = readPages().flatMap(({ text }) => shellLines(text).flatMap(oxideCalls));
const ofTools = named.filter(({ tag }) => tag === 'tool').map(({ typed }) => typed);

const bundled = await bundledTools(join(toolCache, 'oxide'));

describe.runIf(bundled)('a command that was printed', () => {
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    writeFileSync(places.config, snapshotYaml(1, 1));
    await putSecrets(join(places.output, 'rehearsal'));
    // As `oxide sandbox serve` does it: what is pasted need not open the world anew.
    const kept = join(places.output, 'rehearsal', 'sandbox');
    sandbox = await openSandbox({ folder: kept, speed: 600 });
    const { code, text } = await paste(own('create'));
    expect(code, text).toBe(ExitCode.done);
  }, 120_000);
  afterAll(() => sandbox?.close());

  const calls = [...ofTexts, ...ofDocs]
    .flatMap((call) => wholeOf(call.replace('--sandbox ', '')))
    .filter((call) => !left.test(call));
  test.each(differing(calls))('works: oxide %s', async (call) => {
    const changes = /^(?:scale|replace|destroy)/.test(call);
    const { code, text } = await paste(own(changes ? `${call} --dry-run` : call));
    expect([ExitCode.done, ExitCode.changes], text).toContain(code);
  });

  test.each(differing(ofTools.flatMap(wholeOf)))('works in the rehearsal: %s', async (call) => {
    const { code, text } = await paste(tool(call));
    expect(code, text).toBe(ExitCode.done);
  });
});
