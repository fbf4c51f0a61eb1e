import { describe, expect, it } from 'vitest';
import { leaseLabels, readLease } from '../../../src/cluster/state/lease.js';

const value = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

describe('a lease', () => {
  it('is read as it was written, to the second', () => {
    const lease = { id: '3f9a0c12b7d1', host: 'laptop', until: Date.UTC(2026, 10, 27, 12) };
    expect(leaseLabels(lease)).toEqual({ lease: '1795780800.3f9a0c12b7d1.laptop' });
    expect(readLease(leaseLabels(lease))).toEqual(lease);
    expect(readLease(leaseLabels({ ...lease, until: lease.until - 1 }))).toEqual(lease);
  });

  it.each([
    'laptop',
    'host.with.dots.example.com',
    'Müllers MacBook (2).local',
    `${'very-long-name-'.repeat(10)}end`,
    `${'x'.repeat(38)}-cut-at-its-dash`,
    '',
    '---',
  ])('is a label that Hetzner takes on a machine called "%s"', (host) => {
    const labels = leaseLabels({ id: '3f9a0c12b7d1', host, until: 1_795_780_800_000 });
    expect(labels['lease']).toMatch(value);
    expect(readLease(labels)?.id).toBe('3f9a0c12b7d1');
  });

  it.each([{}, { lease: '' }, { lease: 'someone' }, { lease: 'soon.3f9a.laptop' }])(
    'is nobody’s where the labels are %j',
    (labels) => {
      expect(readLease(labels)).toBeUndefined();
    },
  );
});
