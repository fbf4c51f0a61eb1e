import { describe, expect, test } from 'vitest';
import type { ImageInfo } from '../../../src/cluster/catalogue/catalogue.js';
import {
  reasonToStay,
  priceOfAll,
  snapshotsOf,
  type SnapshotsInput,
} from '../../../src/cluster/catalogue/snapshots.js';
import { serverLabels } from '../../../src/cluster/state/labels.js';
import { catalogueOf, configOf, x86Image } from '../fixtures.js';

const image = (id: number, more: Partial<ImageInfo> = {}): ImageInfo => ({
  ...{ ...x86Image, id, size: 0.3, created: `2026-10-0${id}T00:00:00Z` },
  ...more,
});

function snapshots(images: readonly ImageInfo[], more: Partial<SnapshotsInput> = {}) {
  const catalogue = catalogueOf({ images, imageGb: { net: 0.0143, gross: 0.017 } });
  return snapshotsOf({ catalogue, servers: [], configs: [], ...more });
}

const config = configOf('control_planes: [{ name: cp, server_type: cx23 }]');
const identity = { role: 'worker', pool: 'web', index: 1 } as const;
const labels = serverLabels({
  ...{ ...identity, cluster: 'demo', talosVersion: 'v1.13.9', configHash: 'abc', poolLabels: {} },
});

describe('the snapshots of a project', () => {
  test('come newest first, with what their labels say and what they cost', () => {
    const schematic = 'ce4c980550dd2ab1b17bbf2b08801c7e';
    const other = { os: 'talos', 'talos-version': '1.12.4', schematic };
    const [newer, older] = snapshots([image(1), image(2, { labels: other, size: undefined })]);
    expect(newer).toMatchObject({ id: 2, talosVersion: 'v1.12.4', schematic, monthly: null });
    expect(older).toMatchObject({
      ...{ id: 1, talosVersion: 'v1.13.9', schematic: null, size: 0.3, disk: 40 },
      monthly: { net: 0.0043, gross: 0.0051, currency: 'EUR' },
    });
    expect(priceOfAll(snapshots([image(1), image(2)]))).toMatchObject({ net: 0.0086 });
    expect(priceOfAll([])).toBeNull();
  });

  test('name the servers that were made of them, by cluster and pool', () => {
    const servers = [
      { name: 'demo-web-1', imageId: 1, labels },
      { name: 'demo-web-2', imageId: 1, labels },
      { name: 'mail', imageId: 1, labels: { 'managed-by': 'terraform', cluster: 'x' } },
      { name: 'other', imageId: 2, labels: {} },
      { name: 'old', imageId: undefined, labels: {} },
    ];
    const [one] = snapshots([image(1)], { servers });
    expect(one?.usedBy).toEqual([
      { cluster: 'demo', pool: 'web', servers: ['demo-web-1', 'demo-web-2'] },
      { cluster: null, pool: null, servers: ['mail'] },
    ]);
  });

  test('name the clusters that would take them now: the newest that fits, or the one named', () => {
    const named = configOf(
      'control_planes: [{ name: cp, server_type: cx23 }]\ntalos: { hcloud_snapshot_id: 1 }',
    );
    const images = [image(1), image(2), image(3, { labels: { os: 'talos', talos_version: 'v1' } })];
    const wanted = (configs: SnapshotsInput['configs']) =>
      snapshots(images, { configs }).map(({ id, wantedBy }) => [id, wantedBy]);
    const others = configOf('control_planes: [{ name: cp, server_type: cx23, count: 3 }]');
    expect(wanted([config, { ...others, cluster_name: 'staging' }])).toEqual([
      [3, []],
      [2, ['demo', 'staging']],
      [1, []],
    ]);
    expect(wanted([named])).toContainEqual([1, ['demo']]);
  });
});

describe('a snapshot stays', () => {
  test.each([
    ['when nothing needs it: never', {}, {}, undefined],
    [
      'while servers exist that came from it',
      {},
      { servers: [{ name: 'mail', imageId: 1, labels: {} }] },
      'mail came from it',
    ],
    [
      'when cluster.yaml asks for it',
      {},
      { configs: [config] },
      'cluster.yaml of demo asks for it',
    ],
    ['when it is protected', { deleteProtected: true }, {}, 'it is protected from deletion'],
    ['while it is being made', { status: 'creating' }, {}, 'it is being made'],
  ])('%s', (_, fields, input, why) => {
    const [one] = snapshots([image(1, fields)], input);
    expect(one && reasonToStay(one)).toBe(why);
  });
});
