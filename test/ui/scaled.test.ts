import { describe, expect, test } from 'vitest';
import { renderScaled, type ScaledView } from '../../src/ui/scaled.js';

const looks = { color: false, columns: undefined };
const smaller: ScaledView = {
  ...{ pool: 'web', count: 1, added: [], removed: ['demo-web-2'], left: [], changed: true },
  configuration: 'cluster.yaml still says 2.',
};

describe('the result of a scale', () => {
  test('says how many nodes there are, and who went', () => {
    expect(renderScaled(smaller, looks)).toBe(
      [
        '',
        'The pool "web" has 1 node now.',
        '  removed  demo-web-2',
        'cluster.yaml still says 2.',
        '',
      ].join('\n'),
    );
  });

  test('names what is left behind, with its price and the command that deletes it', () => {
    const monthly = { net: 2.86, gross: 3.4, currency: 'EUR' };
    const kind = 'volume';
    const why = 'is left; hcloud volume delete 9, when nobody needs it';
    const left = [
      { kind, name: 'rook-osd-2', detail: '50 GB in nbg1, id 9', monthly, why } as const,
    ];
    expect(
      renderScaled({ ...smaller, left }, looks)
        .split('\n')
        .slice(3, 6),
    ).toEqual([
      'Left behind:',
      '= volume  rook-osd-2  50 GB in nbg1, id 9  €2.86 net',
      `    ${why}`,
    ]);
  });
});
