import { describe, expect, test } from 'vitest';
import {
  isOpenManifest,
  manifestStates,
  manifestWarnings,
  objectsText,
  whyManifestFails,
  type AppliedManifest,
} from '../../../src/cluster/kubernetes/manifests.js';
import { readRecord, recordTexts } from '../../../src/cluster/talos/cluster-record.js';
import { manifestObjects } from '../../../src/config/manifest-objects.js';

const text = `apiVersion: v1
kind: Namespace
metadata: { name: web }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: web }
---
# nothing
`;
const read = manifestObjects(text);
const objects = 'objects' in read ? read.objects : [];
const applied: AppliedManifest = { digest: 'a'.repeat(64), objects };

describe('a manifest', () => {
  test('is known by its objects, also those of a list', () => {
    expect(objectsText(objects)).toBe('Namespace web and Deployment web/shop');
    const list =
      'kind: List\napiVersion: v1\nitems: [{ apiVersion: v1, kind: Secret, metadata: { name: a } }]';
    expect(manifestObjects(list)).toMatchObject({ objects: [{ kind: 'Secret', name: 'a' }] });
  });

  test.each([
    ['a: [', 'is no YAML'],
    ['# nothing', 'holds no object'],
    ['- 1', 'object 1 has no apiVersion, kind or metadata.name'],
    [
      `${text}---\napiVersion: v1\nkind: Secret\n`,
      'object 3 has no apiVersion, kind or metadata.name',
    ],
  ])('%j is none', (wrong, reason) => {
    expect(manifestObjects(wrong)).toEqual({ reason });
  });

  test('is applied when it is new or its text is another, and not when it cannot be fetched', () => {
    const digest = applied.digest;
    const states = manifestStates(
      [
        { name: 'new.yaml', digest },
        { name: 'same.yaml', digest },
        { name: 'other.yaml', digest: 'b' },
        { name: 'https://silent.test/', digest: undefined, problem: 'cannot download it' },
      ],
      {
        'same.yaml': applied,
        'other.yaml': applied,
        'https://silent.test/': applied,
        'gone.yaml': applied,
      },
    );
    expect(states.filter(isOpenManifest).map(({ name }) => name)).toEqual([
      'new.yaml',
      'other.yaml',
    ]);
    expect(states.at(-1)).toMatchObject({ name: 'gone.yaml', wanted: undefined });
    expect(manifestWarnings(states)).toEqual([
      'https://silent.test/ stays as it was applied: cannot download it',
    ]);
  });

  test('works when its workloads do', () => {
    const shop = { name: 'deployment/shop', namespace: 'web', wanted: 2 };
    expect(whyManifestFails(applied, [{ ...shop, available: 2, complete: true }])).toBeUndefined();
    expect(whyManifestFails(applied, [{ ...shop, available: 1, complete: false }])).toBe(
      'deployment/shop: 1 of 2 ready',
    );
    expect(whyManifestFails(applied, [])).toBe('deployment/shop is not there any more');
  });

  test('is kept in the record of the cluster, which may have been edited', () => {
    const record = { nodes: {}, digests: {}, manifests: { 'shop.yaml': applied } };
    expect(readRecord(recordTexts(record))).toEqual(record);
    expect(recordTexts({ ...record, manifests: {} })).not.toHaveProperty('manifests.json');
    const edited = { 'manifests.json': '{"a":{"digest":"x","objects":[1,{"kind":"A"}]},"b":1}' };
    expect(readRecord(edited).manifests).toEqual({ a: { digest: 'x', objects: [] } });
  });
});
