import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDownloads } from '../../../src/sandbox/downloads/downloads.js';

const downloads = createDownloads({ callerAddress: '198.51.100.7' });
const post = (body: string) =>
  downloads.handle('/image-factory/schematics', { method: 'POST', body });

// siderolabs/image-factory v1.5.0, pkg/schematic/schematic_test.go, `TestUnmarshalID`
const plain = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba';
const twoArguments = '9cba8e32753f91a16c1837ab8abf356af021706ef284aef07380780177d9a06c';

test.each([
  ['{}', plain],
  ['customization: {"extraKernelArgs": []}', plain],
  ['{"customization": {"extraKernelArgs": ["noapic", "nolapic"]}}', twoArguments],
  [
    '{"customization": {"extraKernelArgs": ["noapic", "nolapic"], "systemExtensions": {}}}',
    twoArguments,
  ],
  [
    'customization:\n  systemExtensions:\n    officialExtensions: [siderolabs/qemu-guest-agent]',
    'ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515',
  ],
])('the same content has the same id: %s', async (body, id) => {
  const answer = await post(body);
  expect(answer?.status).toBe(201);
  expect(JSON.parse(String(answer?.body))).toMatchObject({ id });
});

test('unknown fields are refused, each with its line', async () => {
  // The first is the text of internal/integration/schematic_test.go, "invalid".
  expect(await post('something:')).toMatchObject({
    status: 400,
    body: 'yaml: construct errors: line 1: field something not found in type schematic.Schematic\n',
  });
  expect(await post('customization:\n  extensions: []')).toMatchObject({
    body: 'yaml: construct errors: line 2: field extensions not found in type schematic.Customization\n',
  });
});

test('the extensions of a version are listed as the factory lists them', async () => {
  const answer = await downloads.handle('/image-factory/version/v1.13.9/extensions/official');
  const list = JSON.parse(String(answer?.body)) as readonly object[];
  expect(list).toContainEqual({
    name: 'siderolabs/gvisor',
    ref: 'ghcr.io/siderolabs/gvisor:1.13.9',
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    author: 'Sidero Labs',
    description: 'the container runtime gVisor',
  });
  expect(await downloads.handle('/image-factory/schematics')).toMatchObject({ status: 404 });
});

test('a disk image is the same packed file for everybody, and other versions are not there', async () => {
  const path = (version: string, file: string, id = plain) =>
    `/image-factory/image/${id}/${version}/${file}`;
  const image = await downloads.handle(path('v1.13.9', 'hcloud-amd64.raw.xz'));
  expect(image).toMatchObject({ status: 200, contentType: 'application/x-xz' });
  // Of a file that xz 5.4.1 unpacked to these bytes (`xz -t`, `xz -dc`).
  expect(
    createHash('sha256')
      .update(image?.body ?? '')
      .digest('hex'),
  ).toBe('be485d1deb83721cef3a6f63b2200facd0889d4d52e79f83a3ff0adaf5fa4b95');
  for (const missing of [
    path('v9.9.9', 'hcloud-amd64.raw.xz'),
    path('v1.13.9', 'hcloud-mips.raw.xz'),
    path('v1.13.9', 'hcloud-amd64.raw.xz', 'abc'),
  ]) {
    expect(await downloads.handle(missing)).toMatchObject({ status: 404 });
  }
});
