import { projectOf } from './project.js';
import type { Rehearsal } from './open-rehearsal.js';

interface Balancer {
  readonly id: number;
  readonly public_net: { readonly enabled: boolean; readonly ipv4: { readonly ip: string } };
  readonly private_net: readonly { readonly ip: string }[];
  readonly targets: readonly {
    readonly server: { readonly id: number };
    readonly use_private_ip: boolean;
    readonly health_status: readonly { readonly status: string }[];
  }[];
}

export function balancersOf(rehearsal: Rehearsal): readonly Balancer[] {
  return projectOf(rehearsal).list('load_balancers') as unknown as readonly Balancer[];
}

/** Names of the servers that it leads to, privately and in good health. */
export function healthyTargets(rehearsal: Rehearsal): readonly string[] {
  const servers = projectOf(rehearsal).list('servers');
  return balancersOf(rehearsal)
    .flatMap(({ targets }) => targets)
    .filter((target) => target.use_private_ip)
    .filter(({ health_status: all }) => all.every(({ status }) => status === 'healthy'))
    .map(({ server }) => servers.find(({ id }) => id === server.id)?.name ?? 'gone')
    .sort();
}

/** What is wrong with the order in which targets come and go: nothing, when all is well. */
export function watchTargets(rehearsal: Rehearsal): () => Promise<readonly string[]> {
  const { world, faults } = rehearsal;
  const problems: Promise<string | undefined>[] = [];
  const isUp = async (id: number): Promise<boolean> =>
    'kube' in (await world.talos.apiServerAt(id, world.settle()));
  const record = faults.record.bind(faults);
  faults.record = (request) => {
    record(request);
    const { path, body } = request;
    if (!path.endsWith('/add_target')) return;
    const { id } = (body as { server: { id: number } }).server;
    problems.push(isUp(id).then((up) => (up ? undefined : `${id} came too early`)));
  };
  const next = faults.next.bind(faults);
  faults.next = (method, path) => {
    const going = method === 'DELETE' ? /^\/servers\/(\d+)$/.exec(path)?.[1] : undefined;
    const targets = going === undefined ? [] : balancersOf(rehearsal).flatMap((one) => one.targets);
    if (targets.some(({ server }) => server.id === Number(going))) {
      problems.push(Promise.resolve(`${going ?? ''} went as a target`));
    }
    return next(method, path);
  };
  return async () => (await Promise.all(problems)).flatMap((one) => one ?? []);
}
