import { describe, expect, it } from 'vitest';
import { connectionFailures } from '../../src/tools/connection-failures.js';
import { knownCauses } from '../../src/tools/failure-verdicts.js';
import { kubernetesTexts } from '../../src/tools/kubernetes-reasons.js';
import { talosObstacles } from '../../src/tools/talos-reasons.js';
import { expectedWarnings, outputForms } from '../../src/tools/tool-output.js';
import type { ToolName } from '../../src/tools/exec.js';
import { readSources } from '../helpers/source-files.js';
import { recordings } from './recordings.js';

const tools = ['talosctl', 'kubectl', 'helm'] as const;

/** Whether a pattern finds something in the recordings of one of these tools. */
function isRecorded(pattern: RegExp, of: readonly ToolName[]): boolean {
  return recordings.some(
    ({ tool, stderr }) =>
      of.includes(tool) &&
      (new RegExp(pattern.source, pattern.flags).test(stderr) ||
        stderr.split('\n').some((line) => new RegExp(pattern.source).test(line))),
  );
}

describe('every recording', () => {
  it.each(recordings)('says what it is of: $tool $name', ({ tool, header, exitCode, stderr }) => {
    expect(header).toMatch(
      new RegExp(`^# ${tool} \\d+\\.\\d+\\.\\d+.*; exit code [01]\n# ${tool} .+\\.$`),
    );
    expect([0, 1]).toContain(exitCode);
    expect(stderr.trim()).not.toBe('');
  });
});

describe('every text that is recognised was really said', () => {
  const patterns = [
    ...connectionFailures.map(({ pattern }) => ({ pattern, of: tools })),
    ...knownCauses.map(({ pattern, tools: of }) => ({ pattern, of })),
    ...talosObstacles.map(({ pattern }) => ({ pattern, of: ['talosctl'] as const })),
    ...Object.values(kubernetesTexts).map((pattern) => ({
      pattern,
      of: ['kubectl', 'helm'] as const,
    })),
    ...tools.flatMap((tool) => {
      const { noise, start, end, last, warnings } = outputForms[tool];
      return [...noise, start, end, last, ...warnings].flatMap((pattern) =>
        pattern ? [{ pattern, of: [tool] }] : [],
      );
    }),
    ...expectedWarnings.map((pattern) => ({ pattern, of: ['kubectl', 'talosctl'] as const })),
  ];

  it.each(patterns)('$pattern of $of', ({ pattern, of }) => {
    // Each alternative by itself: a guess must not hide behind a text that is known.
    for (const part of alternatives(pattern)) {
      expect(isRecorded(part, of), String(part)).toBe(true);
    }
  });

  it('also those that are looked for with says()', () => {
    const texts = readSources().flatMap(({ path, text }) =>
      [...text.matchAll(/\.says\('([^']+)'\)/g)].map(([, said = '']) => ({ path, said })),
    );
    expect(texts.length).toBeGreaterThan(0);
    for (const { path, said } of texts) {
      expect(path).toMatch(/^tools\//);
      expect(
        recordings.some(({ stderr }) => stderr.includes(said)),
        said,
      ).toBe(true);
    }
  });
});

/** The alternatives of a pattern on its outermost level: `a|b(c|d)` is two. */
function alternatives({ source, flags }: RegExp): RegExp[] {
  const parts = [''];
  let depth = 0;
  for (const [character] of source.matchAll(/\\.|./g)) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === '|' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts.map((part) => new RegExp(part, flags));
}
