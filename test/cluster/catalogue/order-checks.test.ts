import { describe, expect, test } from 'vitest';
import { validateCatalogue } from '../../../src/cluster/plan/create/create-checks.js';
import type { Catalogue } from '../../../src/cluster/catalogue/catalogue.js';
import type { ClusterConfig } from '../../../src/config/schema.js';
import { OxideError } from '../../../src/lib/errors.js';
import {
  catalogueOf,
  clusterOf,
  configOf,
  existingServer,
  nothing,
  x86Image,
} from '../fixtures.js';

function choose(config: ClusterConfig, catalogue: Partial<Catalogue> = {}, state = nothing) {
  return validateCatalogue({ config, state, catalogue: catalogueOf(catalogue) }).images;
}

function refusal(config: ClusterConfig, catalogue: Partial<Catalogue> = {}): OxideError {
  try {
    choose(config, catalogue);
  } catch (error) {
    if (error instanceof OxideError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const single = (type: string, more = '') =>
  configOf(`control_planes: [{ name: cp, server_type: ${type} }]\n${more}`);
const withSnapshot = (type: string) => single(type, 'talos: { hcloud_snapshot_id: 501 }');

describe('server types', () => {
  test.each([
    {
      what: 'retired',
      type: 'cpx21',
      message:
        'control_planes.0.server_type: cpx21 can no longer be ordered in nbg1 (retired 2025-12-31). ' +
        'Can be ordered there: cx23 (2 vCPU, 4 GB, €5.49 net a month), cpx22 (2 vCPU, 4 GB, €19.49 net a month), cx33 (4 vCPU, 8 GB, €8.49 net a month).',
      exitCode: 2,
    },
    {
      what: 'unknown',
      type: 'cx21',
      message:
        'control_planes.0.server_type: Hetzner has no server type "cx21". ' +
        'Can be ordered there: cx23 (2 vCPU, 4 GB, €5.49 net a month), cx33 (4 vCPU, 8 GB, €8.49 net a month), cpx22 (2 vCPU, 4 GB, €19.49 net a month).',
      exitCode: 2,
    },
    {
      what: 'sold out',
      type: 'cax11',
      message:
        'control_planes.0.server_type: cax11 is sold out in nbg1 at present. ' +
        'Nothing of its kind can be ordered in nbg1 now. cax11 can be ordered in hel1.',
      exitCode: 4,
    },
  ])('a type that is $what is refused with what can be ordered', (entry) => {
    const arm = { ...x86Image, id: 502, architecture: 'arm' as const };
    const images = [x86Image, arm];
    expect(refusal(single(entry.type), { images })).toMatchObject({
      message: entry.message,
      exitCode: entry.exitCode,
    });
  });

  test('a type that is not sold in the location is refused', () => {
    const config = configOf(
      'hcloud: { location: ash }\ncontrol_planes: [{ name: cp, server_type: cx23 }]',
    );
    expect(refusal(config).message).toBe(
      'control_planes.0.server_type: cx23 is not offered in ash. ' +
        'Can be ordered there: cpx21 (3 vCPU, 4 GB, €10.00 net a month).',
    );
  });

  test('existing servers of a retired type do not matter', () => {
    const state = { ...nothing, servers: [existingServer('control-plane', 'cp', 1)] };
    expect(choose(single('cpx21'), {}, state)).toEqual(new Map());
  });
});

describe('locations', () => {
  test('every problem is told at once', () => {
    const config = configOf(`hcloud: { location: nbg1, network: { zone: us-east } }
control_planes: [{ name: cp, server_type: cx23 }]
workers:
  - { name: a, server_type: cx99 }
  - { name: b, server_type: cpx21, location: ash }
  - { name: c, server_type: cx33, location: mars }`);
    const error = refusal(config);
    expect(error.exitCode).toBe(2);
    expect(error.message.split('\n')).toEqual([
      'the cluster cannot be made as it is:',
      '  hcloud.network.zone: nbg1 is in eu-central, not in us-east',
      '  workers.1.location: ash is in us-east, nbg1 in eu-central; all nodes must be in one network zone',
      '  workers.2.location: Hetzner has no location "mars"; it has nbg1, hel1, ash',
      expect.stringContaining('  workers.0.server_type: Hetzner has no server type "cx99".'),
    ]);
  });

  test('an unknown location is the only problem that it makes', () => {
    const config = configOf(
      'hcloud: { location: nbg2 }\ncontrol_planes: [{ name: cp, server_type: cx23 }]',
    );
    expect(refusal(config).message).toBe(
      'hcloud.location: Hetzner has no location "nbg2"; it has nbg1, hel1, ash',
    );
  });
});

describe('the Talos snapshot', () => {
  test('is the newest that is labelled with the version and has the architecture', () => {
    const images = [
      x86Image,
      { ...x86Image, id: 502, created: '2026-10-02T00:00:00Z' },
      { ...x86Image, id: 503, created: '2026-10-03T00:00:00Z', status: 'creating' },
      { ...x86Image, id: 504, created: '2026-10-04T00:00:00Z', architecture: 'arm' as const },
      { ...x86Image, id: 505, created: '2026-10-05T00:00:00Z', labels: { os: 'talos' } },
      {
        ...x86Image,
        id: 506,
        created: '2026-10-06T00:00:00Z',
        labels: { os: 'talos', 'talos-version': 'v1.12.0' },
      },
    ];
    expect(choose(clusterOf(1, 1), { images })).toEqual(
      new Map([
        ['cx23', 502],
        ['cx33', 502],
      ]),
    );
  });

  test('may be labelled in either spelling', () => {
    const labels = { os: 'talos', 'talos-version': '1.13.9' };
    expect(choose(single('cx23'), { images: [{ ...x86Image, labels }] }).get('cx23')).toBe(501);
  });

  test('that is missing is made, on the cheapest of the smallest disks', () => {
    const catalogue = catalogueOf({ images: [] });
    const input = { config: clusterOf(3, 3), state: nothing, catalogue };
    expect(validateCatalogue(input)).toMatchObject({
      images: new Map(),
      builds: [
        {
          architecture: 'x86',
          version: 'v1.13.9',
          candidates: [
            { type: 'cx23', location: 'nbg1' },
            { type: 'cx23', location: 'hel1' },
          ],
        },
      ],
    });
  });

  test('that is missing and must not be made is told once, with the way to make it', () => {
    const config = clusterOf(3, 3);
    const unbuilt = { ...config, talos: { ...config.talos, build_images: false } };
    const error = refusal(unbuilt, { images: [] });
    expect(error).toMatchObject({
      message: 'no Talos image v1.13.9 (x86) in this project',
      exitCode: 3,
    });
    expect(error.hint).toContain('oxide image build --arch x86');
  });

  test.each([
    [
      'has another architecture',
      { architecture: 'arm' as const },
      'snapshot 501 is for arm, cx23 is x86',
    ],
    ['needs a larger disk', { diskSize: 80 }, 'snapshot 501 needs a disk of 80 GB, cx23 has 40 GB'],
    ['is not ready', { status: 'creating' }, 'snapshot 501 is not ready: creating'],
    ['does not exist', { id: 9 }, 'there is no snapshot 501 in this project'],
    [
      'is of another version',
      { labels: { talos_version: 'v1.12.0' } },
      'snapshot 501 is of Talos v1.12.0, but talos.version is v1.13.9',
    ],
  ])('that is configured and %s is refused', (_, change, message) => {
    const images = [{ ...x86Image, ...change }];
    expect(refusal(withSnapshot('cx23'), { images })).toMatchObject({ message, exitCode: 3 });
  });

  test('that is configured needs no labels', () => {
    const images = [{ ...x86Image, labels: {} }];
    expect(choose(withSnapshot('cx23'), { images }).get('cx23')).toBe(501);
  });
});

test('a network holds at most 100 servers, those that are more than planned included', () => {
  const config = clusterOf(3, 97);
  const surplus = existingServer('worker', 'old', 1);
  expect(() => choose(config, {}, { ...nothing, servers: [surplus] })).toThrow(
    '101 servers are more than the 100 that a Hetzner network holds',
  );
  expect(choose(config).size).toBe(2);
});

describe('the snapshot of a schematic', () => {
  const guestAgent = 'ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515';
  const part = guestAgent.slice(0, 32);
  const labelled = (id: number, more: object) => ({
    ...{ ...x86Image, id, created: `2026-10-0${id - 500}T00:00:00Z` },
    labels: { ...x86Image.labels, ...more },
  });
  const images = [
    x86Image,
    labelled(502, { schematic: part }),
    labelled(503, { talos_schematic_id: part }),
    labelled(504, { schematic: 'ab'.repeat(16) }),
  ];

  test('is the newest with its label, in either spelling', () => {
    const config = single('cx23', `talos: { schematic_id: ${guestAgent} }`);
    expect(choose(config, { images })).toEqual(new Map([['cx23', 503]]));
    const input = { config, state: nothing, catalogue: catalogueOf({}) };
    expect(validateCatalogue(input).builds).toMatchObject([{ schematic: part }]);
  });

  test('is Talos as it is when none is asked for, or what there is', () => {
    expect(choose(single('cx23'), { images })).toEqual(new Map([['cx23', 501]]));
    expect(choose(single('cx23'), { images: images.slice(1) })).toEqual(new Map([['cx23', 504]]));
  });

  test('is the one that cluster.yaml names, unless its label says another', () => {
    const named = (id: number) =>
      single('cx23', `talos: { hcloud_snapshot_id: ${id}, schematic_id: ${guestAgent} }`);
    expect(choose(named(501), { images })).toEqual(new Map([['cx23', 501]]));
    expect(refusal(named(504), { images }).message).toContain(
      `snapshot 504 was made with the schematic ${'ab'.repeat(16)}…`,
    );
  });
});
