import { describe, expect, it } from 'vitest';
import { publishedDigests } from '../../src/tools/chart-index.js';

/** https://helm.cilium.io/index.yaml of 3 August 2026, without what is not read. */
const index = `apiVersion: v1
entries:
  cilium:
  - apiVersion: v2
    appVersion: 1.20.0
    created: "2026-07-29T14:03:12.531004127Z"
    digest: c5f013912360d1a334f44ef25f36da59ba3414cdb48f466ee12d0c4fdff27883
    name: cilium
    urls:
    - cilium-1.20.0.tgz
    version: 1.20.0
  - apiVersion: v2
    appVersion: 1.19.6
    created: "2026-07-16T15:58:04.969335402Z"
    digest: 21c43cf53841f9ab0375047d95aa4c64051ea52bbd2c679416e6408f5f1c9179
    name: cilium
    urls:
    - cilium-1.19.6.tgz
    version: 1.19.6
  tetragon:
  - apiVersion: v2
    name: tetragon
    version: 1.19.6
    digest: 0000000000000000000000000000000000000000000000000000000000000000
generated: "2026-08-03T19:49:31.114823406Z"
`;
const digest = '21c43cf53841f9ab0375047d95aa4c64051ea52bbd2c679416e6408f5f1c9179';

describe('the index of a chart repository', () => {
  it('says what the archive of a version is', () => {
    expect(publishedDigests(index, { chart: 'cilium', version: '1.19.6' })).toEqual([digest]);
    expect(publishedDigests(index, { chart: 'cilium', version: 'v1.19.6' })).toEqual([digest]);
    expect(publishedDigests(index, { chart: 'cilium', version: '1.19.5' })).toEqual([]);
    expect(publishedDigests(index, { chart: 'other', version: '1.19.6' })).toEqual([]);
  });

  it('is read in the forms that other repositories write', () => {
    const other = JSON.stringify({
      entries: {
        cilium: [
          { version: 'v1.19.6', digest: `sha256:${digest.toUpperCase()}` },
          { version: '1.19.6', digest: '' },
          { version: '1.19.5' },
        ],
      },
    });
    expect(publishedDigests(other, { chart: 'cilium', version: '1.19.6' })).toEqual([digest]);
    expect(publishedDigests(other, { chart: 'cilium', version: '1.19.5' })).toEqual([]);
  });

  it.each([
    ['a page', '<!DOCTYPE html><html><body>Sign in</body></html>'],
    ['nothing', ''],
    ['another file', 'kind: List\nitems: []\n'],
    ['aliases', 'entries: {cilium: &a [{version: "1"}], b: *a}'],
  ])('that is %s is refused', (_, text) => {
    expect(() => publishedDigests(text, { chart: 'cilium', version: '1.19.6' })).toThrow(
      'the index.yaml of the chart repository is not the index of one',
    );
  });

  it('with very many charts is read in a moment', () => {
    const entries = Array.from(
      { length: 20_000 },
      (_, n) => `  c${n}: [{version: "1", digest: d}]`,
    );
    const many = `entries:\n${entries.join('\n')}\n`;
    expect(publishedDigests(many, { chart: 'c19999', version: '1' })).toEqual(['d']);
  });
});
