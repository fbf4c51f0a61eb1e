import { expect, it } from 'vitest';
import { changedDownloads } from '../../../src/cluster/kubernetes/used-downloads.js';

const before = { 'Cilium chart 1.19.6': 'aa', 'Gateway API manifest v1.4.1': 'cc' };

it('says when what is downloaded is not what the cluster was made with', () => {
  expect(changedDownloads(before, { ...before, 'Cilium chart 1.19.6': 'bb' })).toEqual([
    'The Cilium chart 1.19.6 is not the one that the cluster was made with: its SHA-256 was aa and is bb.',
  ]);
});

it('says nothing of another version, nor of what was never kept', () => {
  expect(changedDownloads(before, { 'Cilium chart 1.19.7': 'bb' })).toEqual([]);
  expect(changedDownloads({}, before)).toEqual([]);
  expect(changedDownloads(before, before)).toEqual([]);
});
