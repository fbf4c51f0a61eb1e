import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { toYaml } from '../../src/lib/yaml-text.js';

/** Texts that a reader of YAML 1.1, of 1.2 or Go's takes for something else when they are plain. */
const ambiguous = [
  ...['2020-01-01', '2020-1-1', '2020-01-01T10:00:00Z', '2020-01-01 10:00:00'],
  ...['1_000', '1__0', '0_7', '1_0.5', '012', '0777', '0o14', '0O14', '0b11', '0B11', '+0b1'],
  ...['0x1F', '0X1F', '-0x1f', '12', '+12', '-12', '12345678901234567890', '1.10', '.5', '1.'],
  ...['1e3', '1E5', '1.5e+3', '.inf', '-.Inf', '.nan', 'inf', 'NaN', '12:30:00', '190:20:30.5'],
  ...['yes', 'Yes', 'no', 'NO', 'on', 'Off', 'y', 'Y', 'n', 'N', 'true', 'True', 'false', 'FALSE'],
  ...['null', 'Null', '~', '', ' ', '=', '<<', '-', '- a', '?', ': a', 'a: b', 'a #b', '#a'],
  ...['!a', '&a', '*a', '@a', '`a', '%a', '[a', '{a', '|', '>', "'a", '"a', '---', '...'],
  ...['a\nb', 'a\n', ' a', 'a ', '\ta', 'a\tb', 'a\u0085b', 'a\u2028b', '\ufeffa', 'a\u007fb'],
];

const plain = [
  'worker',
  'example.com/role',
  '/dev/sda',
  'https://10.0.1.1:6443',
  'v1.13.9',
  'LS0tLS1=',
];

describe('a text for another tool', () => {
  test.each([...ambiguous, ...plain])('%j is the same text for every reader', (text) => {
    const value = { value: text, list: [text], [text]: 'key' };
    const yaml = toYaml(value);
    expect(parse(yaml)).toEqual(value);
    expect(parse(yaml, { version: '1.1', merge: false })).toEqual(value);
    // Go's reader takes nothing else for a number, a date or nothing (go.yaml.in/yaml, resolve.go).
    expect(toYaml({ value: text })).not.toMatch(/^value: (?:[-+.\d~]|$)/);
  });

  test.each(plain)('%j needs no quotes', (text) => {
    expect(toYaml({ value: text })).toBe(`value: ${text}\n`);
  });

  test.each(ambiguous.filter((text) => /^[-+.\w~:]+$/.test(text)))(
    '%j stands in quotes',
    (text) => {
      expect(toYaml({ value: text })).toBe(`value: "${text}"\n`);
      expect(toYaml({ [text]: 1 })).toBe(`"${text}": 1\n`);
    },
  );

  test('numbers, booleans and nothing stay what they are', () => {
    expect(toYaml({ a: 1, b: true, c: null, d: undefined, e: [] })).toBe(
      'a: 1\nb: true\nc: null\ne: []\n',
    );
  });

  test('the same object twice is written twice', () => {
    const same = { a: 'b' };
    expect(toYaml([same, same])).toBe('- a: b\n- a: b\n');
  });
});
