import { describe, expect, test } from 'vitest';
import { withQuotedTexts } from '../../src/config/patch-texts.js';

/**
 * Taken by the real talosctl 1.13.9, unquoted, in `machine.kubelet.extraConfig`: 2020-01-01 came out
 * as 2020-01-01T00:00:00Z, 1_000 as 1000, 012 as 10, 0b11 as 3, 1e3 as 1000, 0o14 as 12, 0xBAD as
 * 2989, 1.10 as 1.1; yes and 12:30:00 stayed texts.
 */
const changed = [
  '2020-01-01',
  '1_000',
  '012',
  '0b11',
  '1e3',
  '0o14',
  '0xBAD',
  '1.10',
  'true',
  '.5',
];
const kept = ['yes', 'n', 'on', '12h', 'gpu', '"2020-01-01"', "'012'", '~', ''].filter(
  (text) => !/^\d/.test(text),
);

const annotation = (value: string): string => `machine:
  pods:
    - metadata:
        annotations: { since: ${value} } # mine
`;

describe('a patch', () => {
  test.each(changed)('keeps the text %s of an annotation', (value) => {
    expect(withQuotedTexts(annotation(value))).toBe(annotation(`"${value}"`));
  });

  test.each(kept)('is left alone where Go reads a text as well: %s', (value) => {
    expect(withQuotedTexts(annotation(value))).toBe(annotation(value));
  });

  test.each([
    ['pods', 'machine: { pods: [{ metadata: { labels: { since: 012 } } }] }', '"012"'],
    [
      'environments',
      'machine: { pods: [{ spec: { containers: [{ env: [{ name: A, value: 1e3 }] }] } }] }',
      '"1e3"',
    ],
    ['reserves', 'machine: { kubelet: { extraConfig: { systemReserved: { cpu: 1 } } } }', '"1"'],
    ['of Talos 1.14', 'kind: KubeletConfig\nconfig: { evictionHard: { a: 5 } }', '"5"'],
  ])('keeps the texts in %s', (_where, patch, text) => {
    const quoted = withQuotedTexts(patch);
    expect(quoted).toContain(text);
    expect(quoted.replaceAll('"', '')).toBe(patch);
  });

  test.each([
    ['a number where one is meant', 'machine: { kubelet: { extraConfig: { maxPods: 1_000 } } }'],
    ['a port', 'machine: { kubelet: { extraConfig: { port: 012 } } }'],
    ['a boolean', 'machine: { install: { wipe: yes } }'],
    ['an argument list of Talos', 'cluster: { apiServer: { extraArgs: { v: 4 } } }'],
    ['what is no YAML at all', 'machine: { a: "'],
    ['comments and layout', '# 2020-01-01\nmachine:   {   a:   b }   # 012\n'],
  ])('is left alone: %s', (_what, patch) => {
    expect(withQuotedTexts(patch)).toBe(patch);
  });

  test('keeps dates wherever they stand, in each of its documents', () => {
    const patch = `machine: { sysctls: { a: 2020-01-01 } }
---
kind: X
2020-01-01: [2020-01-02, "2020-01-03", 2020-01-04T10:00:00Z]
`;
    expect(withQuotedTexts(patch)).toBe(`machine: { sysctls: { a: "2020-01-01" } }
---
kind: X
"2020-01-01": ["2020-01-02", "2020-01-03", "2020-01-04T10:00:00Z"]
`);
  });
});
