import { describe, expect, test } from 'vitest';
import { renderDestroyed, type DestroyedView } from '../../src/ui/destroyed.js';

const looks = { color: false, columns: undefined };
const gone: DestroyedView = {
  ...{ cluster: 'demo', deleted: [1, 2, 3], left: [], notes: [], complete: true },
  folder: 'output',
};

describe('the result of a destroy', () => {
  test('says that nothing is left, and where the files stay', () => {
    expect(renderDestroyed(gone, looks)).toBe(
      [
        'The cluster "demo" is gone: 3 resources deleted.',
        '',
        'Nothing of it is left that costs money.',
        'The secrets and access files stay in output.',
        '',
      ].join('\n'),
    );
  });

  test('names what is left with its price, and how to go on', () => {
    const monthly = { net: 5.99, gross: 7.13, currency: 'EUR' };
    const left = [
      {
        ...({ kind: 'server', name: 'demo-cp-1', detail: 'cx23 in nbg1, id 7', monthly } as const),
        why: 'is delete-protected',
      },
      {
        ...({ kind: 'network', name: 'demo', detail: 'id 8', monthly: undefined } as const),
        why: 'is used by server demo-cp-1 (id 7)',
      },
    ];
    expect(renderDestroyed({ ...gone, left, complete: false }, looks)).toBe(
      [
        '3 resources of the cluster "demo" deleted, not all of it.',
        '',
        'Still there:',
        '= server   demo-cp-1  cx23 in nbg1, id 7  €5.99 net',
        '    is delete-protected',
        '= network  demo       id 8',
        '    is used by server demo-cp-1 (id 7)',
        '',
        'What is left costs €5.99 net a month.',
        'The secrets and access files stay in output.',
        '',
        'Once what is in the way is gone, run the same command again.',
        '',
      ].join('\n'),
    );
  });
});
