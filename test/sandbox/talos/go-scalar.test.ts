import { describe, expect, it } from 'vitest';
import { needsQuotes, resolveScalar } from '../../../src/sandbox/talos/machine-config/go-scalar.js';

/** What talosctl 1.13.9 made of these in `machine.kubelet.extraConfig`, where no type is known. */
const seen: readonly (readonly [string, unknown])[] = [
  ['2020-01-01', '2020-01-01T00:00:00Z'],
  ['2020-1-1', '2020-01-01T00:00:00Z'],
  ['2020-01-01T10:00:00Z', '2020-01-01T10:00:00Z'],
  ['2020-01-01 10:00:00', '2020-01-01T10:00:00Z'],
  ['1_000', 1_000],
  ['1__0', 10],
  ['0_7', 7],
  ['1_0.5', 10.5],
  ['0b11', 3],
  ['0B11', 3],
  ['012', 10],
  ['08', 8],
  ['0o14', 12],
  ['0x1F', 31],
  ['-0x1f', -31],
  ['+12', 12],
  ['1e3', 1_000],
  ['.5', 0.5],
  ['1.10', 1.1],
  ['.inf', Infinity],
  ['true', true],
  ['~', null],
  ['null', null],
  ...['yes', 'on', 'n', 'inf', 'NaN', 'e1', 'v1', '0x', '1e', '12:30:00', '190:20:30'].map(
    (text) => [text, text] as const,
  ),
];

describe("Go's reader", () => {
  it.each(seen)('takes %s for %j', (text, value) => {
    expect(resolveScalar(text)).toBe(value);
  });
});

describe("Go's writer", () => {
  it.each(['yes', 'on', 'n', '12:30:00', '190:20:30', '2020-01-01', '012', '1e3', 'null', '~'])(
    'puts the text %s into quotes',
    (text) => {
      expect(needsQuotes(text)).toBe(true);
    },
  );

  it.each(['inf', 'NaN', 'e1', 'v1', '0x', '1e', '10.0.1.0/24', '/dev/sda'])(
    'leaves the text %s plain',
    (text) => {
      expect(needsQuotes(text)).toBe(false);
    },
  );
});
