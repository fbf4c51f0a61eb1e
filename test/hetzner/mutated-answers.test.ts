import { describe, expect, it } from 'vitest';
import { Client } from '../../src/hetzner/client.js';
import { HetznerError } from '../../src/hetzner/errors.js';
import type { ApiAnswer } from '../../src/hetzner/exchange.js';
import { ownerOf } from '../../src/hetzner/ownership.js';
import { createReads, type HetznerReads } from '../../src/hetzner/reads.js';
import { mutate, mutationsOf, sampleOf, type Mutation } from '../helpers/mutations.js';
import { answerSchema, openapi } from '../helpers/openapi.js';
import { sample } from '../helpers/seed.js';
import { WarpClock } from '../helpers/warp-clock.js';

const ownLabels = { 'managed-by': 'oxide', cluster: 'demo' };
const selector = 'managed-by=oxide,cluster=demo';
type Thing = Readonly<Record<string, unknown>>;

/** A client that gets this as the answer to everything. */
function reading(body: unknown, status = 200): HetznerReads {
  const answer: ApiAnswer = { status, headers: {}, text: JSON.stringify(body) };
  const client = new Client({
    send: () => Promise.resolve(answer),
    clock: new WarpClock(),
    signal: new AbortController().signal,
    tokenSource: 'test',
    random: () => 0,
  });
  return createReads(client, ownerOf('demo'));
}

interface Named {
  readonly id: number;
}
type List = (api: HetznerReads, selector?: string) => Promise<readonly Named[]>;

const lists = {
  servers: (api: HetznerReads, chosen?: string) => api.servers(chosen),
  networks: (api: HetznerReads, chosen?: string) => api.networks(chosen),
  firewalls: (api: HetznerReads, chosen?: string) => api.firewalls(chosen),
  ssh_keys: (api: HetznerReads, chosen?: string) => api.sshKeys(chosen),
  placement_groups: (api: HetznerReads, chosen?: string) => api.placementGroups(chosen),
  primary_ips: (api: HetznerReads, chosen?: string) => api.primaryIps(chosen),
  load_balancers: (api: HetznerReads, chosen?: string) => api.loadBalancers(chosen),
  volumes: (api: HetznerReads, chosen?: string) => api.volumes(chosen),
  images: (api: HetznerReads) => api.images({}),
  server_types: (api: HetznerReads) => api.serverTypes(),
  locations: (api: HetznerReads) => api.locations(),
} as const satisfies Record<string, List>;
const kinds = Object.keys(lists) as (keyof typeof lists)[];
const nobodys: readonly string[] = ['images', 'server_types', 'locations'];

/** An element of a list as the official description has it. */
function elementOf(kind: string): Thing {
  const body = sampleOf(answerSchema('GET', `/${kind}`) ?? {}) as Record<string, Thing[]>;
  return body[kind]?.[0] ?? {};
}

/** Some of all mutations, chosen by the test seed. */
function someOf(all: readonly Mutation[], count: number): Mutation[] {
  return sample(count, all.length).flatMap((n) => all[n - 1] ?? []);
}

const title = ({ path, kind }: Mutation): string => `${path.join('.')} ${kind}`;
const page = (kind: string, ...elements: unknown[]) => ({ [kind]: elements });

/** What a call ended in: what it read, or the error. Anything but an error to show is a bug. */
async function outcome<T>(work: Promise<T>): Promise<T | HetznerError> {
  return work.catch((error: unknown) => {
    if (error instanceof HetznerError) return error;
    throw error;
  });
}

describe.skipIf(openapi === undefined)(
  'answers with one odd field (skipped without ../shared/hetzner/openapi.json)',
  () => {
    it.each(kinds)('%s of somebody else do not hide those of the cluster', async (kind) => {
      const good = { ...elementOf(kind), id: 1, name: 'good', labels: ownLabels };
      const theirs = { ...elementOf(kind), id: 2, name: 'theirs', labels: {} };
      const broken: string[] = [];
      for (const mutation of someOf(mutationsOf(theirs), 60)) {
        const body = page(kind, mutate(theirs, mutation), good);
        const read = await outcome((lists[kind] as List)(reading(body)));
        const found = read instanceof HetznerError ? [] : read.map(({ id }) => id);
        if (!found.includes(1)) broken.push(title(mutation));
      }
      expect(broken).toEqual([]);
    });

    it.each(kinds.filter((kind) => !nobodys.includes(kind)))(
      '%s of the cluster are read, or named',
      async (kind) => {
        const own = { ...elementOf(kind), id: 1, name: 'own', labels: ownLabels };
        const broken: string[] = [];
        for (const mutation of someOf(mutationsOf(own), 60)) {
          const read = await outcome(
            (lists[kind] as List)(reading(page(kind, mutate(own, mutation))), selector),
          );
          if (!(read instanceof HetznerError)) {
            if (read.length !== 1) broken.push(title(mutation));
          } else if (!/own|\(id 1\)/.test(read.message) || read.exitCode !== 5) {
            broken.push(`${title(mutation)}: ${read.message}`);
          }
        }
        expect(broken).toEqual([]);
      },
    );

    it('never give a price that is no number', async () => {
      const pricing = sampleOf(answerSchema('GET', '/pricing') ?? {});
      const types = page('server_types', elementOf('server_types'));
      const amounts: string[] = [];
      const keep = (key: string, value: unknown): unknown => {
        if (key === 'net' || key === 'gross') amounts.push(String(value));
        return value;
      };
      for (const mutation of someOf(mutationsOf(pricing), 100)) {
        JSON.stringify(await outcome(reading(mutate(pricing, mutation)).pricing()), keep);
      }
      for (const mutation of someOf(mutationsOf(types), 100)) {
        JSON.stringify(await outcome(reading(mutate(types, mutation)).serverTypes()), keep);
      }
      expect(amounts.length).toBeGreaterThan(100);
      expect(amounts.filter((text) => !Number.isFinite(Number(text)))).toEqual([]);
    });

    it('end in an error to show when they are errors themselves', async () => {
      const details = {
        fields: [{ name: 'name', messages: ['too long'] }],
        limits: [{ name: 'x' }],
      };
      for (const [status, code] of [
        [422, 'invalid_input'],
        [403, 'resource_limit_exceeded'],
        [410, 'deprecated_api_endpoint'],
        [500, 'server_error'],
      ] as const) {
        const refusal = { error: { code, message: 'why', details } };
        for (const mutation of mutationsOf(refusal)) {
          const read = await outcome(reading(mutate(refusal, mutation), status).server(1));
          expect(read, title(mutation)).toBeInstanceOf(HetznerError);
        }
      }
    });
  },
);
