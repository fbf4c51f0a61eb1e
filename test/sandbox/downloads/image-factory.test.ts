import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDownloads } from '../../../src/sandbox/downloads/downloads.js';
import { FactoryStore, type SavedFactory } from '../../../src/sandbox/downloads/factory-store.js';
import { durationOf } from '../../../src/sandbox/timings.js';

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

const path = (version: string, file = 'hcloud-amd64.raw.xz', id = plain) =>
  `/image-factory/image/${id}/${version}/${file}`;

test('a disk image is the same packed file for everybody, at another place', async () => {
  const asked = await downloads.handle(path('v1.13.9'));
  expect(asked).toMatchObject({ status: 302, body: '' });
  const image = await downloads.handle(asked?.location ?? '');
  expect(image).toMatchObject({ status: 200, contentType: 'application/x-xz' });
  // Of a file that xz 5.4.1 unpacked to these bytes (`xz -t`, `xz -dc`).
  expect(
    createHash('sha256')
      .update(image?.body ?? '')
      .digest('hex'),
  ).toBe('be485d1deb83721cef3a6f63b2200facd0889d4d52e79f83a3ff0adaf5fa4b95');
});

test.each([
  [path('v9.9.9'), 404, 'version v9.9.9 is not available'],
  [path('v1.13.9', 'hcloud-mips.raw.xz'), 400, 'invalid architecture: "mips"'],
  [path('v1.13.9', 'hcloud-amd64.vmdk'), 400, 'invalid profile path: "hcloud-amd64.vmdk"'],
  [path('v1.13.9', undefined, 'abc'), 404, 'schematic ID "abc" not found'],
])('%s is refused', async (wanted, status, body) => {
  expect(await downloads.handle(wanted)).toMatchObject({
    status,
    body: expect.stringContaining(body) as string,
  });
});

test('what nobody registered has no image, and the first who asks waits until it is made', async () => {
  let now = 1_000_000;
  const factory = new FactoryStore();
  const options = { factory, now: () => now };
  const fresh = createDownloads({ callerAddress: '198.51.100.7' }, options);
  const wanted = path('v1.13.9', undefined, twoArguments);
  expect(await fresh.handle(wanted)).toMatchObject({ status: 404 });
  const body = 'customization: {extraKernelArgs: [noapic, nolapic]}';
  await fresh.handle('/image-factory/schematics', { method: 'POST', body });
  const from = now + durationOf('factoryBuild');
  expect(await fresh.handle(wanted)).toMatchObject({ status: 302, from });
  now += 10_000;
  expect(await fresh.handle(wanted)).toMatchObject({ status: 302, from });
  now = from;
  expect(await fresh.handle(wanted)).not.toHaveProperty('from');
  const saved = JSON.parse(JSON.stringify(factory)) as SavedFactory;
  const again = createDownloads(
    { callerAddress: '198.51.100.7' },
    { ...options, factory: new FactoryStore(saved) },
  );
  expect(await again.handle(wanted)).not.toHaveProperty('from');
});

test('an extension that does not exist is registered, and no image is made with it', async () => {
  const body = 'customization: {systemExtensions: {officialExtensions: [siderolabs/nothing]}}';
  const { id } = JSON.parse(String((await post(body))?.body)) as { id: string };
  expect(await downloads.handle(path('v1.13.9', undefined, id))).toMatchObject({
    status: 400,
    body: expect.stringContaining('official extension "siderolabs/nothing"') as string,
  });
});
