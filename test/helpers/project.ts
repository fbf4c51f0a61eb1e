import type { Rehearsal } from './open-rehearsal.js';

const collections = [
  'servers',
  'networks',
  'firewalls',
  'ssh_keys',
  'placement_groups',
  'primary_ips',
  'load_balancers',
  'floating_ips',
  'volumes',
  'images',
] as const;

type Collection = (typeof collections)[number];
type Answer = Readonly<Record<string, unknown>>;

export interface Item {
  readonly id: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The simulated project as somebody else uses it: another tool, a controller, its owner. */
export interface Project {
  call(method: string, path: string, body?: object): Answer;
  /** Makes something, lets its actions end, and returns its id. */
  make(collection: Collection, body: object): Promise<number>;
  list(collection: Collection): readonly Item[];
  /** Everything that exists, as the API shows it. */
  snapshot(): Readonly<Record<string, readonly Item[]>>;
}

export function projectOf({ world, clock }: Rehearsal): Project {
  const call: Project['call'] = (method, path, body) => {
    const [bare = '', query = ''] = path.split('?');
    const answer = world.cloud.request(
      {
        ...{ method, path: bare, query: new URLSearchParams(query) },
        headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      },
      world.settle(),
    );
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.body ?? ''}`);
    return JSON.parse(answer.body ?? '{}') as Answer;
  };
  const list: Project['list'] = (collection) =>
    call('GET', `/${collection}?per_page=50`)[collection] as Item[];
  return {
    ...{ call, list },
    make: async (collection, body) => {
      const made = call('POST', `/${collection}`, body)[collection.slice(0, -1)] as Item;
      await clock.sleep(60_000);
      return made.id;
    },
    snapshot: () =>
      Object.fromEntries(collections.map((collection) => [collection, list(collection)])),
  };
}
