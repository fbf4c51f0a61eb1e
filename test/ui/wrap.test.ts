import { describe, expect, test } from 'vitest';
import { asText, cut, hanging, widthOf, wrapLine } from '../../src/ui/wrap.js';

describe('the width of a text', () => {
  test.each([
    ['demo-web-1', 10],
    ['\u001B[32m✔\u001B[39m', 1],
    ['ℹ ⚠ → ≠ € …', 11],
    ['集群', 4],
    ['e\u0301', 1],
    ['🚀', 2],
  ])('of %j is %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test('is what a text is cut to', () => {
    expect(cut('集群集群', 5)).toBe('集群…');
    expect(cut('demo', 4)).toBe('demo');
  });
});

describe('a line that is wrapped', () => {
  test('breaks between words, and leaves a word that is too long whole', () => {
    const page = 'https://console.hetzner.cloud/limits';
    expect(wrapLine(`what the account may have: ${page} says`, 20)).toEqual([
      ...['what the account may', 'have:', page, 'says'],
    ]);
  });

  test.each([
    'oxide --config prod.yaml status --watch',
    '$ oxide --sandbox --output output/demo status',
    "kubectl --kubeconfig 'my folder/kubeconfig' get nodes",
    'talosctl --talosconfig output/talosconfig health',
  ])('never breaks %s', (command) => {
    expect(wrapLine(`Go on with it, once it is there: ${command}`, 30)).toEqual([
      ...['Go on with it, once it is', 'there:', command],
    ]);
  });

  test('breaks a sentence that begins with the name of a tool', () => {
    expect(wrapLine('oxide create makes what is missing.', 20)).toEqual([
      ...['oxide create makes', 'what is missing.'],
    ]);
    expect(wrapLine('helm 3.2 was found; 3.17 or newer is needed', 20)).toHaveLength(3);
  });

  test('keeps a sign beside what it is about', () => {
    expect(wrapLine('from 1.19 to 1.18, - hubble.tls', 20)).toEqual([
      ...['from 1.19 to 1.18,', '- hubble.tls'],
    ]);
  });

  test('goes on below its beginning, and so do further lines with their own indentation', () => {
    expect(hanging('⚠ ', 'three words here', 12)).toBe('⚠ three\n  words here');
    expect(hanging('⚠ ', 'many more words here\n  and more of them', 14)).toBe(
      ['⚠ many more', '    words here', '    and more', '      of them'].join('\n'),
    );
    expect(hanging('⚠ ', 'three words here', undefined)).toBe('⚠ three words here');
  });

  test('stands below what is named before it', () => {
    expect(asText(['  endpoints    10.0.0.1, 10.0.0.2'], 26)).toBe(
      '  endpoints    10.0.0.1,\n               10.0.0.2\n',
    );
  });
});
