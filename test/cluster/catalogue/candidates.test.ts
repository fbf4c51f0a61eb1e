import { describe, expect, test } from 'vitest';
import { candidatesOf } from '../../../src/cluster/catalogue/candidates.js';
import type { Catalogue } from '../../../src/cluster/catalogue/catalogue.js';
import { planCreate } from '../../../src/cluster/plan/create/create-plan.js';
import { planScale } from '../../../src/cluster/plan/scale/scale-plan.js';
import type { ClusterState } from '../../../src/cluster/state/cluster-state.js';
import type { ClusterConfig } from '../../../src/config/schema.js';
import { OxideError } from '../../../src/lib/errors.js';
import {
  catalogueOf,
  configOf,
  existingServer,
  installedFor,
  nodeFor,
  nothing,
  x86Image,
} from '../fixtures.js';

const pool = (choice: string, count = 2) =>
  configOf(`control_planes: [{ name: cp, server_type: cx23 }]
workers: [{ name: web, ${choice}, count: ${count} }]`);

const wide = pool('server_types: [cx33, cpx22], locations: [nbg1, hel1]');

/** The catalogue without these, as `cx33@nbg1`. */
function without(...soldOut: readonly string[]): Catalogue {
  const catalogue = catalogueOf();
  const serverTypes = catalogue.serverTypes.map((type) => ({
    ...type,
    offers: type.offers.map((offer) =>
      soldOut.includes(`${type.name}@${offer.location}`) ? { ...offer, available: false } : offer,
    ),
  }));
  return { ...catalogue, serverTypes };
}

function plan(config: ClusterConfig, catalogue = catalogueOf(), state = nothing) {
  const kubernetes = { running: true, installed: installedFor(config), nodes: [] };
  return planCreate({
    ...{ config, state, catalogue, kubernetes, known: new Map() },
    ...{ allowedCidrs: ['203.0.113.7/32'], addedCidrs: [], ownIpv4: '203.0.113.7' },
  });
}

function refusal(config: ClusterConfig, catalogue = catalogueOf()): OxideError {
  try {
    plan(config, catalogue);
  } catch (error) {
    if (error instanceof OxideError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const text = ({ type, location }: { type: string; location: string }) => `${type} ${location}`;

describe('the candidates of a pool', () => {
  test.each([
    ['server_type: cx33', ['cx33 nbg1']],
    ['server_type: cx33, location: hel1', ['cx33 hel1']],
    ['server_types: [cx33, cpx22]', ['cx33 nbg1', 'cpx22 nbg1']],
    ['server_type: cx33, locations: [hel1, nbg1]', ['cx33 hel1', 'cx33 nbg1']],
    [
      'server_types: [cx33, cpx22], locations: [nbg1, hel1]',
      ['cx33 nbg1', 'cx33 hel1', 'cpx22 nbg1', 'cpx22 hel1'],
    ],
  ])('of %s are every type in all locations before the next type', (choice, expected) => {
    const config = pool(choice);
    expect(config.workers.flatMap((web) => candidatesOf(config, web)).map(text)).toEqual(expected);
  });
});

describe('a plan with fallbacks', () => {
  test('takes the first choice without a word when it can be ordered', () => {
    const { changes, notes } = plan(wide);
    expect(changes.at(-1)).toMatchObject({ name: 'demo-web-2', detail: 'cx33 in nbg1' });
    expect(notes).toEqual([]);
  });

  test('takes the first that can be ordered now, says so, and counts its price', () => {
    const { servers, changes, notes, cost } = plan(wide, without('cx33@nbg1', 'cx33@hel1'));
    expect(changes.at(-1)).toMatchObject({
      name: 'demo-web-2',
      detail: 'cpx22 in nbg1',
      monthly: { net: 19.99 },
    });
    expect(cost.after.net).toBe(5.99 + 2 * 19.99);
    expect(servers.at(-1)?.imageId).toBe(x86Image.id);
    expect(notes).toEqual([
      'The pool web gets cpx22 in nbg1: cx33 in nbg1 and cx33 in hel1 cannot be ordered now.',
    ]);
  });

  test('leaves to the run only what can be ordered now', () => {
    const { servers } = plan(wide, without('cx33@nbg1'));
    expect(servers.at(-1)?.candidates.map(text)).toEqual(['cx33 hel1', 'cpx22 nbg1']);
  });

  test('says nothing of fallbacks when all servers of the pool exist', () => {
    const web = (index: number) => existingServer('worker', 'web', index);
    const state = { ...nothing, servers: [web(1), web(2)] };
    expect(plan(wide, without('cx33@nbg1'), state).notes).toEqual([]);
  });

  test('is refused when none can be ordered, with what was looked at and what there is', () => {
    const error = refusal(wide, without('cx33@nbg1', 'cx33@hel1', 'cpx22@nbg1'));
    expect(error.message).toBe(
      'workers.0: none of its types can be ordered now: cx33 in nbg1 (sold out), cx33 in hel1 ' +
        '(sold out), cpx22 in nbg1 (sold out), cpx22 in hel1 (not offered). Available now in ' +
        'eu-central: cx23 in nbg1 (2 vCPU, 4 GB, €5.49 net a month), cx23 in hel1 (2 vCPU, 4 GB, €10.00 net a month).',
    );
    expect(error.exitCode).toBe(4);
    expect(error.hint).toContain('server_types and locations');
  });

  test('is refused as wrong when waiting would not help', () => {
    const retired = pool('server_types: [cpx21, cpx22], location: hel1');
    expect(refusal(retired)).toMatchObject({ exitCode: 2 });
    expect(refusal(retired).message).toContain('cpx21 in hel1 (not offered)');
  });

  test('goes on when one of the types is not sold any more', () => {
    const servers = plan(pool('server_types: [cpx21, cx33]')).servers;
    expect(servers.at(-1)).toMatchObject({ type: 'cx33', location: 'nbg1' });
  });

  test('tells every mistake in the lists at once', () => {
    const config = configOf(`control_planes: [{ name: cp, server_types: [cx23, cx99] }]
workers:
  - { name: a, server_types: [cx33, cax11] }
  - { name: b, server_type: cx33, locations: [nbg1, ash, mars] }`);
    const arm = { ...x86Image, id: 502, architecture: 'arm' as const };
    const { message, exitCode } = refusal(config, catalogueOf({ images: [x86Image, arm] }));
    expect(exitCode).toBe(2);
    expect(message.split('\n')).toEqual([
      'the cluster cannot be made as it is:',
      '  workers.1.locations.1: ash is in us-east, nbg1 in eu-central; all nodes must be in one network zone',
      '  workers.1.locations.2: Hetzner has no location "mars"; it has nbg1, hel1, ash',
      expect.stringContaining(
        '  control_planes.0.server_types.1: Hetzner has no server type "cx99".',
      ),
      '  workers.0.server_types: cx33 is x86 and cax11 is arm; all types of a pool must have the same architecture',
    ]);
  });

  test('is refused when the snapshot does not fit the disk of a fallback', () => {
    const config = pool('server_types: [cx33, cx23]');
    const images = [{ ...x86Image, diskSize: 80 }];
    const snapshot = { ...config, control_planes: config.workers, workers: [] };
    const talos = { ...config.talos, hcloud_snapshot_id: 501 };
    expect(refusal({ ...snapshot, talos }, catalogueOf({ images }))).toMatchObject({
      message: 'snapshot 501 needs a disk of 80 GB, cx23 has 40 GB',
      exitCode: 3,
    });
  });
});

describe('a server that is one of the candidates', () => {
  const state: ClusterState = {
    ...nothing,
    servers: [
      existingServer('control-plane', 'cp', 1),
      existingServer('worker', 'web', 1, { type: 'cpx22', location: 'hel1' }),
      existingServer('worker', 'web', 2, { type: 'cx43', location: 'fsn1' }),
    ],
  };

  test('is no difference; any other one is', () => {
    expect(plan(wide, catalogueOf(), state).left).toMatchObject([
      { servers: ['demo-web-2'], wanted: 'cx33 or cpx22', found: 'cx43', effect: 'replacement' },
      { servers: ['demo-web-2'], wanted: 'nbg1 or hel1', found: 'fsn1', effect: 'replacement' },
    ]);
  });
});

describe('a scale with fallbacks', () => {
  const servers = [existingServer('control-plane', 'cp', 1), existingServer('worker', 'web', 1)];
  const scale = (catalogue: Catalogue) =>
    planScale({
      config: wide,
      state: { ...nothing, servers },
      catalogue,
      view: {
        versions: { talos: 'v1.13.9', kubernetes: '1.36.6' },
        nodes: servers.map((server) => nodeFor(server)),
        ...{ pods: [], budgets: [], etcd: [], csiVolumeIds: [] },
      },
      attached: [],
      ...{ known: new Map(), installed: { is: installedFor(wide) } },
      wish: { role: 'worker', pool: undefined, count: 2, nodes: [], force: false },
    });

  test('orders the first that can be ordered now, and says so', () => {
    const { add, changes, notes } = scale(without('cx33@nbg1'));
    expect(add.map(({ candidates }) => candidates.map(text))).toEqual([
      ['cx33 hel1', 'cpx22 nbg1'],
    ]);
    expect(changes.slice(1)).toMatchObject([{ name: 'demo-web-2', detail: 'cx33 in hel1' }]);
    expect(notes).toEqual(['The pool web gets cx33 in hel1: cx33 in nbg1 cannot be ordered now.']);
  });

  test('is refused before it begins when none can be ordered', () => {
    const nowhere = without('cx33@nbg1', 'cx33@hel1', 'cpx22@nbg1');
    expect(() => scale(nowhere)).toThrow('workers.0: none of its types can be ordered now');
  });
});
