import { expect, it } from 'vitest';
import { parseCertificates } from '../../src/tools/cluster-certificates.js';
import { shortLived } from '../helpers/short-lived.js';

it('reads when the certificates of Cilium and Hubble end, and leaves out what is none', async () => {
  const certificate = await shortLived(20);
  const lines = [
    `hubble-server-certs ${certificate}`,
    `somebody-else ${certificate}`,
    'hubble-broken bm9uZQ==',
    'hubble-empty ',
    '',
  ];
  const found = parseCertificates(lines.join('\n'));
  expect(found.map(({ name }) => name)).toEqual(['hubble-server-certs']);
  const days = ((found[0]?.ends.getTime() ?? 0) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(19);
  expect(days).toBeLessThan(21);
  expect(parseCertificates('')).toEqual([]);
});
