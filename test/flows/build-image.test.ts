import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/flows/build-image.js';
import { create } from '../../src/flows/create.js';
import {
  emptyProject,
  expectNothingLeft,
  failureOf,
  snapshots,
  wish,
} from '../helpers/image-project.js';
import { projectOf } from '../helpers/project.js';
import { type Rehearsal, type Run, type RunOptions } from '../helpers/rehearsal.js';
import {
  imageBytes,
  rescueDouble,
  usual,
  type RescueDouble,
  type RescueOptions,
} from '../helpers/rescue-double.js';

interface Begun {
  readonly rehearsal: Rehearsal;
  readonly rescue: RescueDouble;
  readonly run: (options?: RunOptions) => Run;
}

/** A project without any snapshot, and a rescue system. */
async function begin(options: RescueOptions = {}): Promise<Begun> {
  const rehearsal = await emptyProject();
  const rescue = await rescueDouble(options);
  return {
    ...{ rehearsal, rescue },
    run: (more) => {
      const run = rehearsal.run(more);
      const { ctx } = run;
      return { ...run, ctx: { ...ctx, endpoints: { ...ctx.endpoints, nodeProxy: rescue.proxy } } };
    },
  };
}

test('an image is written, read back, kept with its labels, and nothing else is left', async () => {
  const { rehearsal, rescue, run } = await begin();
  const { ctx, events } = run();
  const [made] = await buildImage(ctx, wish);
  expect(snapshots(rehearsal)).toMatchObject([
    {
      id: made?.id,
      labels: {
        ...{ os: 'talos', 'talos-version': 'v1.13.9', arch: 'x86', 'managed-by': 'oxide' },
        schematic: '376567988ad370138ad8b2698212367b',
      },
    },
  ]);
  const { servers, firewalls, ssh_keys } = projectOf(rehearsal).snapshot();
  expect([servers, firewalls, ssh_keys]).toEqual([[], [], []]);
  expect(rescue.commands).toHaveLength(4);
  expect(rescue.commands[3]).toContain(String(imageBytes));
  const details = events.flatMap((event) => (event.type === 'step-detail' ? event.text : []));
  expect(details).toContain('98 of 98 MB (100 %), 49.0 MB/s');
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'note',
      message: expect.stringContaining('SSH host key SHA256:') as string,
    }),
  );
});

test('what is there is not made again, unless it is asked for', async () => {
  const { rehearsal, rescue, run } = await begin();
  const [first] = await buildImage(run().ctx, wish);
  expect(await buildImage(run().ctx, wish)).toMatchObject([{ id: first?.id, made: false }]);
  expect(rescue.commands).toHaveLength(4);
  const [second] = await buildImage(run().ctx, { ...wish, force: true });
  expect(second?.id).not.toBe(first?.id);
  expect(snapshots(rehearsal)).toHaveLength(2);
});

const failures: readonly {
  readonly what: string;
  readonly options: RescueOptions;
  readonly message: string;
  readonly commands: number;
}[] = [
  {
    what: 'the rescue system that did not come up: nothing is written on the disk of a system that runs',
    options: {
      answer: (command) =>
        command.startsWith('lsblk')
          ? { stdout: 'sda disk 40802189312 \nsda1 part 40523251200 /\n' }
          : undefined,
    },
    message: 'is not in its rescue system: its disk is in use (/); nothing was written',
    commands: 1,
  },
  {
    what: 'a download that is shorter than the server said, although no tool complains',
    options: {
      answer: (command) =>
        command.includes('curl')
          ? { stdout: usual.written({ length: 98_000_001 }), stderr: usual.copied }
          : undefined,
    },
    message: 'the download was cut: 98000000 of 98000001 bytes came',
    commands: 5,
  },
];

describe('a build fails, says why and leaves nothing', () => {
  test.each(failures)('for $what', async ({ options, message, commands }) => {
    const { rehearsal, rescue, run } = await begin(options);
    const error = await failureOf(buildImage(run().ctx, wish));
    expect(error.message).toContain(message);
    expect(rescue.commands).toHaveLength(commands);
    expectNothingLeft(rehearsal);
  });
});

test('SSH that is refused at first, and a connection that breaks, are no end', async () => {
  let writes = 0;
  const { rescue, run } = await begin({
    refusals: 20,
    answer: (command) =>
      command.includes('curl') && writes++ === 0 ? { broken: true } : undefined,
  });
  expect(await buildImage(run().ctx, wish)).toMatchObject([{ made: true }]);
  expect(rescue.commands).toHaveLength(5);
});

test('a create in an empty project makes its image, and the next one finds it', async () => {
  const { rescue, run } = await begin();
  const { ctx, plans } = run();
  await create(ctx).catch(() => undefined);
  expect(plans[0]?.changes[0]).toMatchObject({
    kind: 'image',
    name: 'Talos v1.13.9 (x86)',
    detail: 'made on a cx23 in nbg1 in about 3 min (€0.01 net; the server goes afterwards)',
  });
  expect(rescue.commands).toHaveLength(4);
});

test('an answer that is lost makes nothing twice', async () => {
  const { rehearsal, run } = await begin();
  const fault = { kind: 'reset', when: 'after' } as const;
  for (const path of [
    /^\/ssh_keys$/,
    /^\/firewalls$/,
    /^\/servers$/,
    /enable_rescue$/,
    /create_image$/,
  ]) {
    rehearsal.faults.add({ method: 'POST', path, fault });
  }
  await buildImage(run().ctx, wish);
  const { servers, firewalls, ssh_keys } = projectOf(rehearsal).snapshot();
  expect([servers, firewalls, ssh_keys]).toEqual([[], [], []]);
  expect(snapshots(rehearsal)).toHaveLength(1);
});
