import { expect, it } from 'vitest';
import {
  changedDownloads,
  type UsedDownload,
} from '../../../src/cluster/kubernetes/used-downloads.js';

const chart: UsedDownload = { what: 'Cilium chart', version: '1.19.6', sha256: 'aa' };
const manifest: UsedDownload = { what: 'Gateway API manifest', version: 'v1.4.1', sha256: 'cc' };

it('says when what is downloaded is not what the cluster was made with', () => {
  expect(changedDownloads([chart, manifest], [manifest, { ...chart, sha256: 'bb' }])).toEqual([
    'The Cilium chart 1.19.6 is not the one that the cluster was made with: its SHA-256 was aa and is bb.',
  ]);
});

it('says nothing of another version, nor of what was never kept', () => {
  expect(changedDownloads([chart], [{ ...chart, version: '1.19.7', sha256: 'bb' }])).toEqual([]);
  expect(changedDownloads([], [chart, manifest])).toEqual([]);
  expect(changedDownloads([chart, manifest], [chart, manifest])).toEqual([]);
});
