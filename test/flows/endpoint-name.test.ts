import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { accessKubernetes } from '../../src/flows/access.js';
import { create } from '../../src/flows/create.js';
import { scale } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, type Rehearsal, type Run } from '../helpers/rehearsal.js';

const name = 'k8s.example.org';
const yaml = clusterYaml(3, 1, `talos: { cluster_endpoint: "https://${name}:6443" }\n`);

const notes = ({ events }: Run): readonly string[] =>
  events
    .flatMap((event) => (event.type === 'note' ? [event.message] : []))
    .filter((message) => message.includes(name));

/** Calls of kubectl and helm that were not sent to an address. */
const byName = ({ calls }: Run): readonly string[] =>
  calls
    .filter(({ tool, args }) => tool !== 'talosctl' && args.includes('--kubeconfig'))
    .map(({ args }) => args.join(' '))
    .filter((line) => !/--(server|kube-apiserver) https:\/\/[\d.]+:6443$/.test(line));

/** A world in which nobody has set a record for the name. */
function unknownName(addresses: readonly string[] = []) {
  return {
    resolveName: () => Promise.resolve(addresses),
    intercept: ({ args }: { readonly args: readonly string[] }) =>
      args.includes(`https://${name}:6443`) && args.includes('--server')
        ? {
            exitCode: 1,
            stdout: '',
            // What kubectl v1.34.5 says of a name that nobody knows.
            stderr: `Unable to connect to the server: dial tcp: lookup ${name} on 10.255.255.53:53: no such host\n`,
          }
        : undefined,
  };
}

const addressesOf = async (rehearsal: Rehearsal): Promise<readonly string[]> => {
  const servers = await rehearsal.run().ctx.hetzner.servers();
  return servers
    .filter((server) => server.name.includes('-cp-'))
    .map(({ public_net: { ipv4 } }) => ipv4?.ip ?? '');
};

describe('a name as talos.cluster_endpoint', () => {
  test('leads to the first control plane in the sandbox, and oxide itself never uses it', async () => {
    const rehearsal = await rehearse(yaml);
    const run = rehearsal.run();
    const made = await create(run.ctx);
    expect(made).toMatchObject({ kind: 'created', cluster: { endpoint: `https://${name}:6443` } });
    expect(notes(run)).toEqual([]);
    // The look at the end goes by the name, because it is what users get.
    expect(byName(run)).toEqual([
      expect.stringMatching(new RegExp(`--raw=/readyz .*--server https://${name}:6443$`)),
    ]);
    expect(await readFile(rehearsal.files.kubeconfig, 'utf8')).toContain(`https://${name}:6443`);
    const [first] = await addressesOf(rehearsal);
    expect(rehearsal.world.resolve(name)).toEqual([first]);
    expect(rehearsal.world.resolve('other.example.org')).toEqual([]);
    expect(await rehearsal.world.locate(name, 6443)).toHaveProperty('kube');
  });

  test('without a record is a note with the record to set, and the cluster is done', async () => {
    const rehearsal = await rehearse(yaml);
    const run = rehearsal.run(unknownName());
    await expect(create(run.ctx)).resolves.toMatchObject({ kind: 'created' });
    const addresses = await addressesOf(rehearsal);
    expect(notes(run)).toEqual([
      `${name} has no address yet. Users reach it there by the kubeconfig: set the DNS record ${name}, type A, to ` +
        `${addresses[0] ?? ''}, ${addresses[1] ?? ''} and ${addresses[2] ?? ''}. oxide itself works without it.`,
    ]);
    const again = rehearsal.run(unknownName());
    await expect(create(again.ctx)).resolves.toMatchObject({ cluster: { changed: false } });
    expect(notes(again)).toHaveLength(1);
  });

  test('that leads elsewhere is said with where it leads', async () => {
    const rehearsal = await rehearse(yaml);
    const run = rehearsal.run(unknownName(['192.0.2.1']));
    await create(run.ctx);
    expect(notes(run).join()).toContain(
      `${name} leads to 192.0.2.1, where this cluster does not answer.`,
    );
  });

  test('that nobody knows keeps no command from its work', async () => {
    const rehearsal = await rehearse(yaml);
    const away = unknownName();
    await create(rehearsal.run(away).ctx);
    const { problems } = (await status(rehearsal.run(away).ctx)).status;
    expect(problems).toEqual([]);
    const wish = { role: 'worker', count: 2, pool: undefined, nodes: [], force: false } as const;
    await scale(rehearsal.run(away).ctx, {
      ...{ wish, drainTimeoutMs: 60_000 },
      confirm: () => Promise.resolve(true),
    });
    await accessKubernetes(rehearsal.run(away).ctx);
    expect(projectOf(rehearsal).list('servers')).toHaveLength(5);
  });
});
