import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../src/cli/build-program.js';
import type { CliIo } from '../src/cli/io.js';
import { exitMeanings } from '../src/cli/tree/exit-meanings.js';
import { commands } from '../src/cli/tree/tree.js';
import { synonyms } from '../src/cli/tree/synonyms.js';
import { allFlags, callProblem, oxideCalls } from './helpers/command-lines.js';
import {
  anchorOf,
  headings,
  inlineCode,
  links,
  readPages,
  shellLines,
} from './helpers/markdown.js';
import { normalized, textsOf } from './helpers/messages.js';
import { namedCommands } from './helpers/named-commands.js';
import { projectFolder, readSources } from './helpers/source-files.js';

const pages = readPages();
const sources = readSources().map((file) => ({ ...file, messages: textsOf(file) }));

function quietIo(written: string[] = []): CliIo {
  const output = { write: (text: string) => written.push(text) > 0 };
  const { signal } = new AbortController();
  return { env: {}, stdin: Readable.from([]), stdout: output, stderr: output, signal };
}

const program = buildProgram(quietIo(), () => undefined);

function pageOf(path: string): string {
  return pages.find((page) => page.path === path)?.text ?? '';
}

/** What is wrong on all pages, as `page: what`. */
function problems(check: (text: string, path: string) => readonly string[]): readonly string[] {
  return pages.flatMap(({ path, text }) => check(text, path).map((what) => `${path}: ${what}`));
}

describe('the documentation', () => {
  it('names commands and options of oxide that exist', () => {
    const wrong = problems((text) =>
      [...shellLines(text), ...inlineCode(text)].flatMap(oxideCalls).flatMap((call) => {
        const problem = callProblem(program, call);
        return problem === undefined ? [] : [`oxide ${call}: ${problem}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('names no option on its own that no command has', () => {
    const known = allFlags(program);
    const wrong = problems((text) =>
      inlineCode(text)
        .filter((code) => code.startsWith('-'))
        .flatMap((code) => code.match(/(?<![\w-])--?[a-z][\w-]*/g) ?? [])
        .filter((flag) => !known.includes(flag)),
    );
    expect(wrong).toEqual([]);
  });

  it('describes every command and every option for all commands in the README', () => {
    const readme = pageOf('README.md');
    const paths = (command: Command, path: string): string[] =>
      command.commands.length === 0
        ? [path]
        : command.commands.flatMap((inner) => paths(inner, `${path} ${inner.name()}`));
    const missing = paths(program, 'oxide').filter((path) => !readme.includes(`\`${path}\``));
    const flags = program.options.flatMap(({ long }) => long ?? []);
    const undescribed = flags.filter((flag) => !readme.includes(flag));
    expect([...missing, ...undescribed]).toEqual([]);
  });

  it('names scripts of package.json that exist', () => {
    const manifest = readFileSync(join(projectFolder, 'package.json'), 'utf8');
    const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };
    const wrong = problems((text) =>
      [...text.matchAll(/\bnpm (?:run )?([\w:-]+)/g)]
        .map(([, name]) => name ?? '')
        .filter((name) => !['ci', 'install'].includes(name) && !(name in scripts)),
    );
    expect(wrong).toEqual([]);
  });

  it('has links that lead somewhere', () => {
    const wrong = problems((text, path) =>
      links(text).filter((link) => !/^https?:/.test(link) && !leadsSomewhere(link, path)),
    );
    expect(wrong).toEqual([]);
  });

  it('names files of the source that exist', () => {
    const wrong = problems((text) =>
      inlineCode(text)
        .filter((code) => /^[\w-]+\/[\w./-]*$/.test(code) && /^(src|test|docs)\/|\.ts$/.test(code))
        .filter((code) => !existsSync(join(projectFolder, code)))
        .filter((code) => !existsSync(join(projectFolder, 'src', code))),
    );
    expect(wrong).toEqual([]);
  });

  it('names environment variables that the source or the tests read', () => {
    const tests = ['helpers/seed.ts', 'matrix/matrix.ts'].map((file) =>
      readFileSync(join(projectFolder, 'test', file), 'utf8'),
    );
    const source = [...tests, ...sources.map(({ text }) => text)].join('\n');
    const wrong = problems((text) =>
      (text.match(/\b(?:OXIDE|HCLOUD)_[A-Z_]+/g) ?? []).filter((name) => !source.includes(name)),
    );
    expect(wrong).toEqual([]);
  });

  it('quotes in the troubleshooting only messages that the source has', () => {
    const texts = sources.flatMap(({ messages }) => messages);
    const quoted = headings(pageOf('docs/troubleshooting.md'))
      .filter((title) => title.startsWith('`'))
      .flatMap(inlineCode);
    expect(quoted.length).toBeGreaterThan(30);
    expect(
      quoted.filter((quote) => !texts.some((text) => text.includes(normalized(quote)))),
    ).toEqual([]);
  });

  it('gives each decision a number of its own, the same in its name and its title', () => {
    const decisions = pages.filter(({ path }) => path.startsWith('docs/decisions/'));
    const numbers = decisions.map(({ path }) => /\/(\d{4})-[a-z\d-]+\.md$/.exec(path)?.[1]);
    const titles = decisions.map(({ text }) => /^# (\d+)\. /.exec(text)?.[1]?.padStart(4, '0'));
    expect(numbers.filter((number, i) => numbers.indexOf(number) !== i)).toEqual([]);
    expect(titles).toEqual(numbers);
  });
});

describe('exit codes', () => {
  it('are in the README, all of them, in the words of the help', () => {
    const table = /## Exit codes\n([\s\S]*?)\n## /.exec(pageOf('README.md'))?.[1] ?? '';
    const rows = [...table.matchAll(/^\| `(\d+)` +\| (.*?) +\|$/gm)];
    const plain = rows.map(([, code, meaning]) => [code, meaning?.replaceAll('`', '')]);
    expect(Object.fromEntries(plain)).toEqual(exitMeanings);
  });
});

describe('messages', () => {
  it('name only commands that exist', () => {
    const calls = sources
      .flatMap(namedCommands)
      .filter(({ tag, typed }) => tag === 'oxide' && typed !== 'oxide …')
      .map(({ typed }) => typed.replace(/^oxide /, ''));
    expect(calls.length).toBeGreaterThan(60);
    expect(calls.flatMap((call) => callProblem(program, call) ?? [])).toEqual([]);
  });

  it('show only examples in the help that the program understands', () => {
    const calls = [
      ...commands.flatMap(({ examples }) => examples.map(({ call }) => call)),
      ...Object.values(synonyms),
    ];
    expect(calls.flatMap((call) => callProblem(program, call) ?? [])).toEqual([]);
  });

  it('give two examples of each command at least, of that command', () => {
    const few = commands.filter(
      ({ name, examples }) => examples.filter(({ call }) => call.includes(name)).length < 2,
    );
    expect(few.map(({ name }) => name)).toEqual([]);
  });
});

describe('the checks themselves', () => {
  const sample = new Command('oxide').option('-o, --output <folder>');
  sample.command('create').option('--dry-run');
  sample.command('sandbox').command('run').argument('<tool...>');

  it.each([
    ['', undefined],
    ['create --dry-run', undefined],
    ['--output x create', undefined],
    ['create -o x --help', undefined],
    ['sandbox run -- kubectl get nodes -A', undefined],
    ['scale', 'oxide has no command or argument "scale"'],
    ['create now', 'create has no command or argument "now"'],
    ['create --force', 'create has no option --force'],
    ['sandbox run --dry-run', 'run has no option --dry-run'],
    ['sandbox', 'sandbox alone does nothing'],
  ])('judge `oxide %s`', (call, problem) => {
    expect(callProblem(sample, call)).toBe(problem);
  });

  it('find calls behind variables, npx and other commands, and not in prose', () => {
    expect(oxideCalls('npm ci && HCLOUD_TOKEN=x npx oxide create | less')).toEqual(['create']);
    expect(oxideCalls('npx oxide-talos create')).toEqual(['create']);
    expect(oxideCalls('oxide-cluster')).toEqual([]);
    expect(oxideCalls('oxide-talos create')).toEqual([]);
    expect(oxideCalls('kubectl get nodes')).toEqual([]);
  });

  it('read pages as a browser shows them', () => {
    const text = '# A `b` and c\n```sh\nx \\\n  y # z\n```\n`code` [l](a.md#b)\n';
    expect(shellLines(text)).toEqual(['x    y']);
    expect(inlineCode(text)).toEqual(['b', 'code']);
    expect(links(text)).toEqual(['a.md#b']);
    expect(headings(text).map(anchorOf)).toEqual(['a-b-and-c']);
  });

  it('see messages as they are shown', () => {
    const text = 'const a = `no ${x} in ` + (`this ` + "place");\nconst b = f(`${y}${z}, kept`);';
    expect(textsOf({ path: 'x.ts', text })).toEqual(['no … in this place', '…, kept']);
  });
});

function leadsSomewhere(link: string, from: string): boolean {
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? from : join(dirname(from), target).replaceAll('\\', '/');
  if (!existsSync(join(projectFolder, path))) return false;
  return anchor === undefined || headings(pageOf(path)).map(anchorOf).includes(anchor);
}
