import { describe, expect, test } from 'vitest';
import { withCount, type CountChange } from '../../src/config/write-count.js';

const yaml = `# my cluster
cluster_name: demo
hcloud: { location: nbg1 }
control_planes:
  - name: cp
    server_type: cx23
    count: 3   # never two
workers:
  - { name: web, server_type: cx33, count: 2 } # front
  - name: db   # no count: one
    server_type: cx33
  - { name: batch, server_type: cx33 }
`;

function written(change: Partial<CountChange>): string {
  const whole = {
    file: 'cluster.yaml',
    section: 'workers',
    pool: 'web',
    count: 5,
    ...change,
  } as const;
  const result = withCount(yaml, whole);
  return 'text' in result ? result.text : `refused: ${result.refused}`;
}

describe('the count that is written into cluster.yaml', () => {
  test.each<[string, Partial<CountChange>, string, string]>([
    [
      'a block',
      { section: 'control_planes', pool: 'cp', count: 5 },
      'count: 3   #',
      'count: 5   #',
    ],
    ['a line', { pool: 'web', count: 12 }, 'count: 2 }', 'count: 12 }'],
    ['a block without one', { pool: 'db', count: 4 }, 'name: db ', 'name: db\\n    count: 4 '],
    ['a line without one', { pool: 'batch', count: 4 }, 'name: batch,', 'name: batch, count: 4,'],
  ])('changes nothing else in %s', (_, change, before, after) => {
    expect(written(change)).toBe(yaml.replace(before, after.replace('\\n', '\n')));
  });

  test('is refused when the file would not be valid with it', () => {
    expect(written({ section: 'control_planes', pool: 'cp', count: 2 })).toMatch(
      /refused: cluster.yaml:.*control_planes/s,
    );
  });

  test('is put beside a merge key, or refused where it is the number of others as well', () => {
    const merging = `cluster_name: demo
x-pool: &pool { server_type: cx33, count: 2 }
hcloud: { location: nbg1 }
control_planes: [{ name: cp, server_type: cx23 }]
workers:
  - { <<: *pool, name: web }
  - &db { name: db, server_type: cx33, count: 1 }
  - { <<: *db, name: cache }
`;
    const change = { file: 'cluster.yaml', section: 'workers', count: 5 } as const;
    expect(withCount(merging, { ...change, pool: 'web' })).toEqual({
      text: merging.replace('name: web', 'name: web, count: 5'),
    });
    expect(withCount(merging, { ...change, pool: 'db' })).toEqual({
      refused: 'the number of the pool "cache" is the same one there',
    });
  });

  test('is refused for a pool that the file does not hold', () => {
    expect(written({ pool: 'gone' })).toBe(
      'refused: the pool "gone" was not found in cluster.yaml',
    );
  });
});
