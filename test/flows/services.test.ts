import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { demoWorkload } from '../../src/cli/demo-workload.js';
import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { repair } from '../../src/flows/repair.js';
import { replace } from '../../src/flows/replace.js';
import { status } from '../../src/flows/status.js';
import { administer } from '../helpers/administer.js';
import { shortYaml } from '../helpers/cluster-yaml.js';
import { projectOf } from '../helpers/project.js';
import { rehearseCluster, type Rehearsal } from '../helpers/rehearsal.js';
import { dies, idsOf, serversOf } from '../helpers/replacing.js';

const minute = 60_000;
const byHetzner = `${shortYaml(1, 1)}addons: { load_balancers: hcloud }\n`;
const own = '/api/v1/namespaces/default';
const confirm = (): Promise<boolean> => Promise.resolve(true);

interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Service {
  readonly metadata: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { ip: string }[] } };
}

interface Node {
  readonly metadata: Metadata;
  readonly spec: {
    readonly providerID?: string;
    readonly taints?: readonly { readonly key: string }[];
  };
}

interface Pod {
  readonly metadata: Metadata;
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string };
}

interface Claim {
  readonly status: { readonly phase: string };
}

const get = async <T>(rehearsal: Rehearsal, path: string): Promise<T> =>
  (await administer(rehearsal, { method: 'GET', path })) as T;

/** The cluster with a web server, its claim and its Service, as a user brings them, some minutes later. */
async function withWorkload(yaml: string): Promise<Rehearsal> {
  const rehearsal = await rehearseCluster(yaml);
  for (const document of parseAllDocuments(demoWorkload)) {
    const body = document.toJS() as { apiVersion: string; kind: string };
    const group = body.apiVersion === 'v1' ? '/api/v1' : `/apis/${body.apiVersion}`;
    const path = `${group}/namespaces/default/${body.kind.toLowerCase()}s`;
    await administer(rehearsal, { method: 'POST', path, body });
  }
  await rehearsal.clock.sleep(5 * minute);
  return rehearsal;
}

const serviceOf = (rehearsal: Rehearsal): Promise<Service> =>
  get<Service>(rehearsal, `${own}/services/web`);

const addressesOf = async (rehearsal: Rehearsal): Promise<readonly string[]> =>
  ((await serviceOf(rehearsal)).status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip);

/** What the cloud controller puts on a Service that it holds to be its own, before anything else. */
const held = 'service.kubernetes.io/load-balancer-cleanup';

const workersOf = (rehearsal: Rehearsal) =>
  serversOf(rehearsal).filter(({ name }) => name.includes('-web-'));

const volumesOf = (rehearsal: Rehearsal) =>
  projectOf(rehearsal).list('volumes') as unknown as readonly {
    readonly id: number;
    readonly server: number | null;
    readonly labels: Readonly<Record<string, string>>;
  }[];

/** The web server runs, and its claim is bound to a volume of the cluster at its worker. */
async function expectServed(rehearsal: Rehearsal): Promise<void> {
  const { items } = await get<{ items: readonly Pod[] }>(rehearsal, `${own}/pods`);
  expect(items).toMatchObject([{ status: { phase: 'Running' }, spec: { nodeName: 'demo-web-1' } }]);
  const claim = await get<Claim>(rehearsal, `${own}/persistentvolumeclaims/web`);
  expect(claim.status.phase).toBe('Bound');
  expect(volumesOf(rehearsal)).toMatchObject([
    {
      labels: { cluster: 'demo', 'pvc-name': 'web', 'pvc-namespace': 'default' },
      server: idsOf(rehearsal)['demo-web-1'],
    },
  ]);
}

/** What the plan of a destroy says of a volume and a load balancer, and what it left in the project. */
async function destroyed(rehearsal: Rehearsal, mayGo: boolean) {
  const { plan } = await destroy(rehearsal.run().ctx, {
    ...{ deleteVolumes: mayGo, deleteLoadBalancers: mayGo, dryRun: !mayGo },
    confirm,
  });
  const named = ['volume', 'load-balancer'];
  const kinds = (all: readonly { readonly kind: string }[]): readonly string[] =>
    all.flatMap(({ kind }) => (named.includes(kind) ? [kind] : [])).sort();
  return { goes: kinds(plan.changes), stays: kinds(plan.stays ?? []) };
}

/** All that is in the project, but for the image, which belongs to no cluster. */
const left = (rehearsal: Rehearsal): readonly string[] =>
  Object.entries(projectOf(rehearsal).snapshot()).flatMap(([kind, items]) =>
    kind === 'images' ? [] : items.map(({ name }) => `${kind} ${name}`),
  );

describe('a Service of the type LoadBalancer and a claim', () => {
  test("have the workers' own addresses and a volume, and a destroy takes the volume", async () => {
    const rehearsal = await withWorkload(shortYaml(1, 1));
    await expectServed(rehearsal);
    const workers = workersOf(rehearsal).map(({ public_net: { ipv4 } }) => ipv4.ip);
    expect(await addressesOf(rehearsal)).toEqual(workers);
    expect(projectOf(rehearsal).list('load_balancers')).toEqual([]);
    expect((await serviceOf(rehearsal)).metadata.finalizers ?? []).toEqual([]);
    expect(await destroyed(rehearsal, false)).toEqual({ goes: [], stays: ['volume'] });
    expect(await destroyed(rehearsal, true)).toEqual({ goes: ['volume'], stays: [] });
    expect(left(rehearsal)).toEqual([]);
  });

  test('have a load balancer of Hetzner when the file says so, and a destroy takes both', async () => {
    const rehearsal = await withWorkload(byHetzner);
    await expectServed(rehearsal);
    const project = projectOf(rehearsal);
    const [network] = project.list('networks');
    const [balancer, ...others] = project.list('load_balancers') as unknown as readonly {
      readonly public_net: Readonly<Record<'ipv4' | 'ipv6', { readonly ip: string }>>;
    }[];
    expect(others).toEqual([]);
    expect(balancer).toMatchObject({
      location: { name: 'nbg1' },
      private_net: [{ network: network?.id }],
      services: [{ listen_port: 80 }],
      targets: workersOf(rehearsal).map(({ id }) => ({ server: { id }, use_private_ip: true })),
    });
    expect((await serviceOf(rehearsal)).metadata.finalizers).toEqual([held]);
    // Cilium gives it no other ones: the Service has one owner.
    expect(await addressesOf(rehearsal)).toEqual([
      balancer?.public_net.ipv4.ip,
      balancer?.public_net.ipv6.ip,
    ]);
    const both = ['load-balancer', 'volume'];
    expect(await destroyed(rehearsal, false)).toEqual({ goes: [], stays: both });
    expect(await destroyed(rehearsal, true)).toEqual({ goes: both, stays: [] });
    expect(left(rehearsal)).toEqual([]);
  });
});

/** The worker is another server, known to the cloud controller; what was on the old one is on it. */
async function expectTakenOver(rehearsal: Rehearsal, before: number | undefined): Promise<void> {
  const id = idsOf(rehearsal)['demo-web-1'];
  expect(id).not.toBe(before);
  const { metadata, spec } = await get<Node>(rehearsal, '/api/v1/nodes/demo-web-1');
  expect(spec.providerID).toBe(`hcloud://${id}`);
  expect(metadata.labels).toMatchObject({ 'node.kubernetes.io/instance-type': 'cx33' });
  expect(spec.taints ?? []).toEqual([]);
  // Their pods, and the one with the volume, come to the new node only now.
  await rehearsal.clock.sleep(10 * minute);
  const { status: found } = await status(rehearsal.run().ctx);
  expect(found).toMatchObject({ healthy: true, problems: [], differences: [] });
  await expectServed(rehearsal);
  expect(await addressesOf(rehearsal)).toEqual(
    workersOf(rehearsal).map(({ public_net: { ipv4 } }) => ipv4.ip),
  );
  const again = await create(rehearsal.run().ctx);
  expect(again).toMatchObject({ cluster: { changed: false, failedAddons: [] } });
}

const repaired = (rehearsal: Rehearsal) =>
  repair(rehearsal.run().ctx, { afterMs: 5 * minute, dryRun: false, confirm });

describe('the only worker of a cluster with a volume and a Service', () => {
  test('is replaced, and the new one serves both', async () => {
    const rehearsal = await withWorkload(shortYaml(1, 1));
    const [volume] = volumesOf(rehearsal);
    const before = idsOf(rehearsal)['demo-web-1'];
    const wish = { names: ['demo-web-1'], force: false, drainTimeoutMs: 10 * minute };
    await replace(rehearsal.run().ctx, { ...wish, confirm });
    await expectTakenOver(rehearsal, before);
    expect(volumesOf(rehearsal)).toMatchObject([{ id: volume?.id }]);
  });

  test('is repaired when it is dead, and a second repair has nothing to do', async () => {
    const rehearsal = await withWorkload(shortYaml(1, 1));
    const [volume] = volumesOf(rehearsal);
    const before = idsOf(rehearsal)['demo-web-1'];
    await dies(rehearsal, 'demo-web-1');
    expect(await repaired(rehearsal)).toMatchObject({ repaired: { repaired: ['demo-web-1'] } });
    await expectTakenOver(rehearsal, before);
    expect(volumesOf(rehearsal)).toMatchObject([{ id: volume?.id }]);
    const writes = rehearsal.faults.writes.length;
    expect(await repaired(rehearsal)).toMatchObject({ repaired: { repaired: [], unclear: [] } });
    expect(rehearsal.faults.writes).toHaveLength(writes);
  });
});
