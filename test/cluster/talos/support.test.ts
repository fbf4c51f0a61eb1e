import { expect, test } from 'vitest';
import { supportOf, versionRemarks } from '../../../src/cluster/talos/support.js';

const on = (day: string) => Date.parse(`${day}T12:00:00Z`);

test.each([
  ['2026-12-29', 'supported'],
  ['2026-12-31', 'ends-soon'],
  ['2027-02-28', 'ends-soon'],
  ['2027-03-01', 'ended'],
])('on %s the support of Kubernetes 1.35 is: %s', (day, state) => {
  expect(supportOf('Kubernetes', 'v1.35.2', on(day))).toEqual({
    ...{ project: 'Kubernetes', minor: '1.35', ends: '2027-02-28', state },
  });
});

test('nobody has named the end of the newest Talos', () => {
  expect(supportOf('Talos', 'v1.14.0-rc.1', on('2040-01-01'))).toMatchObject({
    ...{ minor: '1.14', ends: null, state: 'supported' },
  });
});

test('what is no version has no support', () => {
  expect(supportOf('Kubernetes', 'unknown', on('2026-11-29'))).toBeUndefined();
});

test('a line says what has ended and what ends soon, and nothing of the rest', () => {
  const remarks = (kubernetes: string, day: string) =>
    versionRemarks({ talos: 'v1.13.9', kubernetes }, on(day));
  expect(remarks('1.36.6', '2026-09-03')).toEqual([
    'The community support of Talos 1.13 ends on 2026-09-03 (in 12h).',
  ]);
  expect(remarks('1.34.1', '2026-11-29')).toEqual([
    'The community support of Talos 1.13 ended on 2026-09-03: it gets no more fixes.',
    'The support of Kubernetes 1.34 ended on 2026-10-27: it gets no more fixes.',
  ]);
  expect(remarks('1.36.6', '2026-07-01')).toEqual([]);
});
