import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/cluster/catalogue/snapshots.js';
import { renderDeletedImages, renderGoingImages, renderImages } from '../../src/ui/images.js';

const looks = { color: false, columns: 120 };
const now = Date.parse('2026-11-29T00:00:00Z');
const snapshot: Snapshot = {
  ...{ id: 501, description: 'Talos', status: 'available', architecture: 'x86' },
  ...{ talosVersion: 'v1.13.9', schematic: null, size: 0.3, disk: 40, protected: false },
  created: '2026-10-30T00:00:00Z',
  monthly: { net: 0.0043, gross: 0.0051, currency: 'EUR' },
  usedBy: [{ cluster: 'demo', pool: 'web', servers: ['demo-web-1', 'demo-web-2'] }],
  wantedBy: ['demo', 'staging'],
};
const bare: Snapshot = {
  ...{ ...snapshot, id: 502, architecture: 'arm', schematic: 'ce4c980550dd2ab1b17bbf2b08801c7e' },
  ...{ size: null, status: 'creating', monthly: null, usedBy: [], wantedBy: [] },
};

test('snapshots are a table with who needs them', () => {
  expect(`\n${renderImages({ images: [snapshot, bare], now }, looks)}`).toBe(`
ID   TALOS    ARCH  SCHEMATIC         SIZE   DISK      AGE  A MONTH  USED BY
501  v1.13.9  x86   -               0.3 GB  40 GB  30 days  < €0.01  demo/web (2), staging (cluster.yaml)
502  v1.13.9  arm   ce4c980550dd  creating  40 GB  30 days        -  nobody
`);
  expect(renderImages({ images: [], now }, looks)).toBe(
    'There is no snapshot with the label os=talos in this project.\n',
  );
});

test('what goes and what stays is said before and after', () => {
  const staying = [{ id: 501, why: 'demo-web-1 came from it' }];
  const going = renderGoingImages({ images: [bare], now, staying, left: [], notes: [] }, looks);
  expect(going).toMatch(/^\nThese snapshots will be deleted:\nID .*\n502 /);
  expect(going).toContain('\n\nSnapshot 501 stays: demo-web-1 came from it.\n');
  expect(renderGoingImages({ images: [], now, staying, left: [], notes: [] }, looks)).toBe(
    'There is no snapshot that nobody needs.\n',
  );
  const failed = [{ id: 502, why: 'Hetzner did not delete it' }];
  const left = ['a build of Talos v1.13.9 (x86) that was stopped left the server one'];
  const notes = ['An oxide on laptop makes Talos v1.13.9 (arm).'];
  expect(renderGoingImages({ images: [], now, staying: [], left, notes }, looks)).toBe(
    '\nWhat will be deleted: a build of Talos v1.13.9 (x86) that was stopped left the server one.\n\nAn oxide on laptop makes Talos v1.13.9 (arm).\n',
  );
  expect(renderDeletedImages({ deleted: [], failed: [], leftovers: [1] }, looks)).toBe(
    'Deleted: what stopped builds of images had left\n',
  );
  expect(renderDeletedImages({ deleted: [501], failed, leftovers: [] }, looks)).toBe(
    'Deleted: 501\nSnapshot 502 is still there: Hetzner did not delete it\n',
  );
});
