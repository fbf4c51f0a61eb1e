import { describe, expect, test } from 'vitest';
import { buildImage, type BuildImageWish } from '../../src/flows/build-image.js';
import { create } from '../../src/flows/create.js';
import { InterruptedError, OxideError } from '../../src/lib/errors.js';
import { projectOf, type Item } from '../helpers/project.js';
import {
  clusterYaml,
  rehearse,
  type Rehearsal,
  type Run,
  type RunOptions,
} from '../helpers/rehearsal.js';
import {
  imageBytes,
  rescueDouble,
  usual,
  type RescueDouble,
  type RescueOptions,
} from '../helpers/rescue-double.js';

const wish: BuildImageWish = {
  ...{ architecture: undefined, type: undefined, location: undefined },
  ...{ force: false, verify: false },
};
const yaml = clusterYaml(1, 0);

interface Begun {
  readonly rehearsal: Rehearsal;
  readonly rescue: RescueDouble;
  readonly run: (options?: RunOptions) => Run;
}

/** A project without any snapshot, and a rescue system. */
async function begin(options: RescueOptions = {}): Promise<Begun> {
  const rehearsal = await rehearse(yaml);
  const project = projectOf(rehearsal);
  for (const { id } of snapshots(rehearsal)) project.call('DELETE', `/images/${id}`);
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

function snapshots(rehearsal: Rehearsal): readonly Item[] {
  return projectOf(rehearsal)
    .list('images')
    .filter((image) => (image as { type?: string }).type === 'snapshot');
}

/** Nothing that costs, and nothing that a create would take. */
function expectNothingLeft(rehearsal: Rehearsal): void {
  const { servers, firewalls, ssh_keys, images } = projectOf(rehearsal).snapshot();
  expect([servers, firewalls, ssh_keys].map((list) => list?.length)).toEqual([0, 0, 0]);
  expect(images?.filter(({ labels }) => 'purpose' in labels || labels['os'] === 'talos')).toEqual(
    [],
  );
}

async function failureOf(work: Promise<unknown>): Promise<OxideError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OxideError) return error;
  throw new Error('it did not fail', { cause: error });
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
    what: 'a download that is cut each time',
    options: {
      answer: (command) =>
        command.includes('curl')
          ? {
              stdout: usual.written({ stages: '18 0 0 1 0 0' }),
              stderr: `curl: (18) transfer closed with 12001936 bytes remaining to read\nxz: (stdin): Unexpected end of input\n${usual.copied}`,
            }
          : undefined,
    },
    message:
      'the download was cut: curl: (18) transfer closed with 12001936 bytes remaining to read',
    commands: 5,
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
  {
    what: 'a disk that has something else than was written, of the same length',
    options: {
      answer: (command) =>
        command.includes('iflag=direct') ? { stdout: usual.read('0'.repeat(64)) } : undefined,
    },
    message: 'the disk does not have what was written',
    commands: 4,
  },
  {
    what: 'a rescue system without xz',
    options: {
      answer: (command) =>
        command.includes('curl')
          ? {
              stdout: usual.written({ stages: '23 141 141 127 0 0', head: '' }),
              stderr:
                'oxide: line 1: xz: command not found\ncurl: (23) Failure writing output to destination\n',
            }
          : undefined,
    },
    message: 'the rescue system has no xz',
    commands: 3,
  },
  {
    what: 'a disk that is too small',
    options: {
      answer: (command) =>
        command.includes('curl')
          ? {
              stdout: usual.written({ stages: '23 141 141 141 141 1' }),
              stderr:
                "dd: error writing '/dev/sda': No space left on device\n1+0 records in\n0+0 records out\n0 bytes copied, 0.0389225 s, 0.0 kB/s\ncurl: (23) Failure writing output to destination\n",
            }
          : undefined,
    },
    message: "the disk was not written: dd: error writing '/dev/sda': No space left on device",
    commands: 3,
  },
  {
    what: 'a factory that has no such image',
    options: {
      answer: (command) =>
        command.includes('curl')
          ? {
              stdout: usual.written({ stages: '22 0 0 1 0 0', head: 'HTTP/2 404 \r\n\r\n' }),
              stderr:
                'curl: (22) The requested URL returned error: 404\nxz: (stdin): File format not recognized\n',
            }
          : undefined,
    },
    message: 'curl: (22) The requested URL returned error: 404',
    commands: 3,
  },
  {
    what: 'a factory that answers with HTML',
    options: {
      answer: (command) =>
        command.includes('curl')
          ? {
              stdout: usual.written({
                stages: '0 0 0 1 0 0',
                head: 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n',
              }),
              stderr:
                'xz: (stdin): File format not recognized\n0+0 records in\n0+0 records out\n0 bytes copied, 0.0132762 s, 0.0 kB/s\n',
            }
          : undefined,
    },
    message: 'the image cannot be unpacked: xz: (stdin): File format not recognized',
    commands: 5,
  },
  {
    what: 'a server without the internet',
    options: {
      answer: (command) =>
        command.includes('curl')
          ? {
              stdout: usual.written({ stages: '6 0 0 1 0 0', head: '' }),
              stderr:
                'curl: (6) Could not resolve host: factory.talos.dev\nxz: (stdin): File format not recognized\n',
            }
          : undefined,
    },
    message:
      'the builder does not reach the image: curl: (6) Could not resolve host: factory.talos.dev',
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

  test('for a host that shows another key after the connection broke', async () => {
    let writes = 0;
    const { rehearsal, run } = await begin({
      changingKey: true,
      answer: (command) =>
        command.includes('curl') && writes++ === 0 ? { broken: true } : undefined,
    });
    const error = await failureOf(buildImage(run().ctx, wish));
    expect(error.message).toContain('shows another SSH host key than before');
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

test('Ctrl-C while the image is written removes all that was made', async () => {
  const interrupted = new AbortController();
  const { rehearsal, run } = await begin({
    answer: (command) => {
      if (command.includes('curl')) interrupted.abort(new OxideError('Interrupted'));
      return undefined;
    },
  });
  await failureOf(buildImage(run({ signal: interrupted.signal }).ctx, wish));
  expectNothingLeft(rehearsal);
});

test.each(['/ssh_keys', '/servers', 'enable_rescue', 'poweron', 'poweroff', 'create_image'])(
  'Ctrl-C at %s removes all that was made',
  async (stage) => {
    const interrupted = new AbortController();
    const { rehearsal, run } = await begin();
    const { faults } = rehearsal;
    const record = faults.record.bind(faults);
    faults.record = (request) => {
      record(request);
      const isStage = request.method === 'POST' && request.path.endsWith(stage);
      if (isStage) interrupted.abort(new InterruptedError());
    };
    const error = await failureOf(buildImage(run({ signal: interrupted.signal }).ctx, wish));
    expect(error.exitCode).toBe(130);
    expectNothingLeft(rehearsal);
  },
);

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

describe('what Hetzner refuses', () => {
  test('no capacity for the first places: the next one is taken, and it is said', async () => {
    const { rehearsal, run } = await begin();
    const refusal = { kind: 'status', status: 412, code: 'resource_unavailable' } as const;
    rehearsal.faults.add({ method: 'POST', path: /^\/servers$/, count: 2, fault: refusal });
    const { ctx, events } = run();
    expect(await buildImage(ctx, wish)).toMatchObject([{ made: true }]);
    const notes = events.flatMap((event) => (event.type === 'note' ? event.message : []));
    expect(notes.join('\n')).toContain('Hetzner has no capacity for cx23 in nbg1 and cx23 in');
  });

  test.each([
    ['a snapshot over the limit of the account', 'status', 4],
    ['a snapshot that ends in an error', 'action-error', 5],
  ] as const)('%s leaves nothing', async (_, kind, exitCode) => {
    const { rehearsal, run } = await begin();
    const refusal = { status: 403, code: 'resource_limit_exceeded' } as const;
    const fault = kind === 'status' ? { kind, ...refusal } : { kind };
    rehearsal.faults.add({ method: 'POST', path: /create_image$/, fault });
    const error = await failureOf(buildImage(run().ctx, wish));
    expect(error.exitCode).toBe(exitCode);
    expectNothingLeft(rehearsal);
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
});

test('what a killed build left is removed by the next one', async () => {
  const { rehearsal, run } = await begin();
  const project = projectOf(rehearsal);
  const labels = {
    ...{ 'managed-by': 'oxide', cluster: 'image_build', purpose: 'image-build' },
    'image-build': '0badcafe',
  };
  const server = await project.make('servers', {
    ...{ name: 'oxide-image-x86-0badcafe', server_type: 'cx23', location: 'nbg1', labels },
    image: 'debian-13',
  });
  await project.make('firewalls', { name: 'oxide-image-x86-0badcafe', labels });
  project.call('POST', `/servers/${server}/actions/create_image`, { type: 'snapshot', labels });
  await rehearsal.clock.sleep(600_000);
  expect(await buildImage(run().ctx, wish)).toMatchObject([{ made: true }]);
  const { servers, firewalls } = project.snapshot();
  expect([servers, firewalls]).toEqual([[], []]);
  expect(snapshots(rehearsal)).toHaveLength(1);
});

test('two that want the same image at once make one', async () => {
  const { rehearsal, run } = await begin();
  const [one, other] = await Promise.all([
    buildImage(run({ holder: { id: 'aaaaaaaaaaaa', host: 'here' } }).ctx, wish),
    buildImage(run({ holder: { id: 'bbbbbbbbbbbb', host: 'there' } }).ctx, wish),
  ]);
  expect(one[0]?.id).toBe(other[0]?.id);
  expect(snapshots(rehearsal)).toHaveLength(1);
  const { servers, firewalls, ssh_keys } = projectOf(rehearsal).snapshot();
  expect([servers, firewalls, ssh_keys]).toEqual([[], [], []]);
});
