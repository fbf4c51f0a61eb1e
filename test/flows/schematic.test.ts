import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { ExitCode, OxideError } from '../../src/lib/errors.js';
import { clusterYaml, rehearse, type Run } from '../helpers/rehearsal.js';
import { projectOf } from '../helpers/project.js';

const guestAgent = 'ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515';
const withExtensions = (...names: readonly string[]): string =>
  `${clusterYaml(1, 0)}talos: { schematic: { extensions: [${names.join(', ')}] } }\n`;

async function refusal({ ctx }: Pick<Run, 'ctx'>): Promise<OxideError> {
  const error: unknown = await create(ctx).catch((reason: unknown) => reason);
  if (error instanceof OxideError) return error;
  throw new Error('it was not refused', { cause: error });
}

/** A service that answers everything with this status and text, and what was asked of it. */
async function answering(status: number, text: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    request.resume().on('end', () => response.writeHead(status).end(text));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A project whose only snapshots have nothing beyond Talos. */
async function withPlainSnapshot(imageFactory?: string) {
  const rehearsal = await rehearse(clusterYaml(1, 0));
  const yaml = withExtensions('qemu-guest-agent');
  const { ctx } = rehearsal.run({ yaml });
  const endpoints = { ...ctx.endpoints, ...(imageFactory !== undefined && { imageFactory }) };
  return { rehearsal, ctx: { ...ctx, endpoints } };
}

test('a snapshot with the same schematic is taken, the factory is not asked, and the nodes keep it', async () => {
  const rehearsal = await rehearse(withExtensions('qemu-guest-agent'));
  const project = projectOf(rehearsal);
  // Newer, but of Talos as it is.
  rehearsal.world.cloud.ensureSnapshot({ talosVersion: 'v1.13.9', architecture: 'x86' });
  const factory = await answering(500, '');
  const { ctx } = rehearsal.run();
  await create({ ...ctx, endpoints: { ...ctx.endpoints, imageFactory: factory.url } });
  expect(factory.asked).toEqual([]);
  const [server] = project.list('servers') as unknown as [{ image: { id: number } }];
  const image = project.list('images').find(({ id }) => id === server.image.id);
  expect(image?.labels['talos_schematic_id']).toBe(guestAgent.slice(0, 32));
  const node = rehearsal.run();
  expect(await create(node.ctx)).toMatchObject({ cluster: { changed: false, differences: [] } });
  const changed = rehearsal.run({ yaml: clusterYaml(1, 0), dryRun: true });
  expect(await create(changed.ctx)).toMatchObject({
    plan: {
      left: [
        {
          key: 'talos.schematic.extensions',
          ...{ found: 'siderolabs/qemu-guest-agent', wanted: 'none' },
        },
      ],
    },
  });
});

test('an extension that does not exist is an error with the nearest names', async () => {
  const rehearsal = await rehearse(withExtensions('qemu-guest-agnet', 'iscsi', 'gvisor'));
  const error = await refusal(rehearsal.run());
  expect(error.findings).toEqual([
    'talos.schematic.extensions: there is no siderolabs/qemu-guest-agnet for Talos v1.13.9 (near it: siderolabs/qemu-guest-agent)',
    'talos.schematic.extensions: there is no siderolabs/iscsi for Talos v1.13.9 (near it: siderolabs/iscsi-tools)',
  ]);
  expect(error.exitCode).toBe(ExitCode.usage);
  expect(rehearsal.faults.writes).toEqual([]);
});

test('where no image may be built, the schematic is named with the command that makes one', async () => {
  const { ctx } = await withPlainSnapshot();
  const talos = { ...ctx.config.talos, build_images: false };
  const error = await refusal({ ctx: { ...ctx, config: { ...ctx.config, talos } } });
  expect(error.message).toBe(
    `no Talos image v1.13.9 (x86) with the schematic ${guestAgent.slice(0, 32)}… in this project`,
  );
  expect(error.hint).toContain('oxide image build --arch x86');
  expect(error.exitCode).toBe(ExitCode.precondition);
});

test('without a snapshot of the schematic one is made in the rescue system, and its nodes boot from it', async () => {
  const { rehearsal, ctx } = await withPlainSnapshot();
  await create(ctx);
  const project = projectOf(rehearsal);
  const servers = project.list('servers') as unknown as [{ image: { id: number } }];
  const image = project.list('images').find(({ id }) => id === servers[0].image.id);
  expect(image?.labels).toMatchObject({
    ...{ os: 'talos', 'managed-by': 'oxide', schematic: guestAgent.slice(0, 32) },
  });
  expect(servers).toHaveLength(1);
});

test.each([
  [200, '<!DOCTYPE html><title>Sign in</title>', 'is no answer of an Image Factory', 1],
  [200, `[{"name":"siderolabs/qemu-guest-agent"}]`, 'is no answer of an Image Factory', 2],
  [503, 'service temporarily unavailable', 'the server answered 503', 4],
])('a factory that answers %d %s is named', async (status, text, message, requests) => {
  const factory = await answering(status, text);
  const { rehearsal, ctx } = await withPlainSnapshot(factory.url);
  expect((await refusal({ ctx })).message).toContain(message);
  expect(factory.asked).toHaveLength(requests);
  expect(rehearsal.faults.writes).toEqual([]);
});
