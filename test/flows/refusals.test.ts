import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { ExitCode, OxideError, PreconditionError } from '../../src/lib/errors.js';
import {
  clusterYaml,
  rehearse,
  rehearseCluster,
  type Rehearsal,
  type Run,
} from '../helpers/rehearsal.js';
import { projectOf } from '../helpers/project.js';
import { done } from '../helpers/tool-doubles.js';

/** The error that a create ends with. */
async function refusal(run: Run): Promise<OxideError> {
  const error = await create(run.ctx).then(
    () => new Error('the run went through'),
    (reason: unknown) => reason,
  );
  if (error instanceof OxideError) return error;
  throw error;
}

/** A service that answers everybody with this address. */
async function saying(address: string): Promise<string> {
  const server = createServer((_request, response) => void response.end(`${address}\n`));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What nobody may have touched: the project and the output folder. */
async function untouched({ faults, files }: Rehearsal): Promise<void> {
  expect(faults.writes).toEqual([]);
  expect(await readdir(files.folder)).toEqual([]);
}

const yaml = clusterYaml(1, 1);

describe('a create without what it needs', () => {
  test('names where a token comes from that Hetzner does not accept, never the token', async () => {
    const rehearsal = await rehearse(yaml);
    const error = await refusal(rehearsal.run({ token: 'f00dcafe'.repeat(8) }));
    expect(error.message).toBe(
      'Hetzner does not accept the API token from HCLOUD_TOKEN ' +
        '(unauthorized: the token you have provided is invalid)',
    );
    expect(error.hint).toContain('https://console.hetzner.cloud');
    expect(error.exitCode).toBe(ExitCode.precondition);
    expect(`${error.message}${error.hint ?? ''}`).not.toContain('f00dcafe');
    expect(rehearsal.faults.requests.every(({ outcome }) => outcome === 401)).toBe(true);
    await untouched(rehearsal);
  });

  test('names every tool that is not installed, and where to get it', async () => {
    const rehearsal = await rehearse(yaml);
    const run = rehearsal.run({
      intercept: ({ tool }) => {
        throw new PreconditionError(`${tool} is not installed`, `Install it: ${tool}.test`);
      },
    });
    const error = await refusal(run);
    expect(error.message).toBe(
      'talosctl is not installed\nkubectl is not installed\nhelm is not installed',
    );
    expect(error.hint).toBe(
      'Install it: talosctl.test\nInstall it: kubectl.test\nInstall it: helm.test',
    );
    expect(error.exitCode).toBe(ExitCode.precondition);
    await untouched(rehearsal);
  });

  test.each([
    [
      'talosctl',
      'Client:\n\tTalos v1.12.4\n',
      'talosctl 1.12.4 was found; 1.13.x is needed, because the nodes run Talos v1.13.9',
    ],
    [
      'kubectl',
      '{"clientVersion":{"gitVersion":"v1.31.0"}}',
      'kubectl 1.31.0 was found; it must be within one minor version of Kubernetes 1.',
    ],
    ['helm', 'v3.16.4+g7877b45', 'helm 3.16.4+g7877b45 was found; 3.17 or newer, or 4.x is needed'],
  ] as const)('names the version of %s that is found and that is wanted', async (...row) => {
    const [wrong, output, message] = row;
    const rehearsal = await rehearse(yaml);
    const error = await refusal(
      rehearsal.run({ intercept: ({ tool }) => (tool === wrong ? done(output) : undefined) }),
    );
    expect(error.message).toContain(message);
    expect(error.hint).toMatch(new RegExp(`^${wrong} in other versions: https://`));
    expect(error.exitCode).toBe(ExitCode.precondition);
    await untouched(rehearsal);
  });

  test('says how to make the Talos snapshot that the project lacks, when it must not be made', async () => {
    const rehearsal = await rehearse(yaml);
    for (const { id } of projectOf(rehearsal).list('images').filter(isSnapshot)) {
      projectOf(rehearsal).call('DELETE', `/images/${id}`);
    }
    const unbuilt = `${yaml}talos: { build_images: false }\n`;
    const error = await refusal(rehearsal.run({ yaml: unbuilt }));
    expect(error.message).toBe('no Talos image v1.13.9 (x86) in this project');
    expect(error.hint).toContain('oxide image build --arch x86');
    expect(error.exitCode).toBe(ExitCode.precondition);
    await untouched(rehearsal);
  });

  test('refuses a snapshot of another architecture than the servers have', async () => {
    const rehearsal = await rehearse(yaml);
    const id = rehearsal.world.cloud.ensureSnapshot({
      id: 4711,
      talosVersion: 'v1.13.9',
      architecture: 'arm',
    });
    const error = await refusal(
      rehearsal.run({ yaml: `${yaml}talos: { hcloud_snapshot_id: ${id} }\n` }),
    );
    expect(error.message).toContain('snapshot 4711 is for arm, cx23 is x86');
    expect(error.exitCode).toBe(ExitCode.precondition);
    await untouched(rehearsal);
  });

  test('refuses a snapshot id that the project does not have', async () => {
    const rehearsal = await rehearse(yaml);
    const error = await refusal(
      rehearsal.run({ yaml: `${yaml}talos: { hcloud_snapshot_id: 99 }\n` }),
    );
    expect(error.message).toBe('there is no snapshot 99 in this project');
    await untouched(rehearsal);
  });

  test('names allowed_cidrs when nobody tells it its own address', async () => {
    const rehearsal = await rehearse(yaml);
    const error = await refusal(rehearsal.run({ ownIpv4: ['http://127.0.0.1:9/ip'] }));
    expect(`${error.message} ${error.hint ?? ''}`).toContain('allowed_cidrs');
    expect(error.exitCode).toBe(ExitCode.precondition);
    await untouched(rehearsal);
  });

  test('opens the firewall for no address of which two services say different things', async () => {
    const rehearsal = await rehearse(yaml);
    const ownIpv4 = [await saying('203.0.113.7'), await saying('198.51.100.9')];
    const error = await refusal(rehearsal.run({ ownIpv4 }));
    expect(error.message).toMatch(
      /^this machine is seen with different addresses: 203\.0\.113\.7 by \S+ and 198\.51\.100\.9 by \S+$/,
    );
    expect(error.hint).toContain('hcloud.firewall.allowed_cidrs');
    expect(error.exitCode).toBe(ExitCode.precondition);
    await untouched(rehearsal);
  });

  test('opens the firewall for no private address, whoever says that it is its own', async () => {
    const rehearsal = await rehearse(yaml);
    const error = await refusal(rehearsal.run({ ownIpv4: [await saying('10.0.0.5')] }));
    expect(error.message).toMatch(
      /^the public address .* could not be found .*; \S+ answered 10\.0\.0\.5, a private address: not taken$/,
    );
    await untouched(rehearsal);
  });

  test('does without its own address when cluster.yaml says who may reach it', async () => {
    const rehearsal = await rehearse(yaml);
    const allowed = yaml.replace(
      'location: nbg1',
      'location: nbg1, firewall: { allowed_cidrs: [198.51.100.0/24] }',
    );
    const run = rehearsal.run({ yaml: allowed, ownIpv4: ['http://127.0.0.1:9/ip'], dryRun: true });
    expect((await create(run.ctx)).kind).toBe('preview');
    expect(run.events).toContainEqual({
      type: 'note',
      message: expect.stringMatching(
        /^the public address of this machine could not be found .*; whether the firewall admits it is not known$/,
      ) as string,
    });
  });
});

describe('a create that Hetzner cannot serve', () => {
  test('says before it begins what is sold out, and what can be ordered instead', async () => {
    const rehearsal = await rehearse(yaml);
    rehearsal.world.cloud.setAvailability('cx33', 'nbg1', false);
    const error = await refusal(rehearsal.run());
    expect(error.message).toContain('workers.0.server_type: cx33 is sold out in nbg1 at present.');
    expect(error.message).toContain('cx33 can be ordered in fsn1');
    expect(error.exitCode).toBe(ExitCode.refused);
    await untouched(rehearsal);
  });

  test('says how many nodes the pod range holds when more are planned', async () => {
    const rehearsal = await rehearse(yaml);
    const narrow = `${clusterYaml(3, 3)}talos: { pod_cidr: 10.244.0.0/22 }\n`;
    expect(() => rehearsal.run({ yaml: narrow })).toThrow(/pod_cidr.*\b4\b/s);
    await untouched(rehearsal);
  });

  test('refuses more servers than a network holds', async () => {
    const rehearsal = await rehearse(yaml);
    expect(() => rehearsal.run({ yaml: clusterYaml(3, 98) })).toThrow(
      'workers: 101 nodes are planned, and a Hetzner network takes 100 servers',
    );
    await untouched(rehearsal);
  });
});

describe('a create beside what belongs to others', () => {
  test.each([
    ['network', 'networks', { name: 'demo', ip_range: '10.0.0.0/16' }],
    ['firewall', 'firewalls', { name: 'demo' }],
    [
      'ssh-key',
      'ssh_keys',
      {
        name: 'demo',
        public_key:
          'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJoQpzvsRKvcvzTBOeG5aKnQxT5gS1tM+1k1oXzOmK3j me',
      },
    ],
    ['server', 'servers', { name: 'demo-web-1', server_type: 'cx23', location: 'nbg1' }],
  ] as const)(
    'touches nothing when a %s has its name without its labels',
    async (kind, collection, body) => {
      const rehearsal = await rehearse(yaml);
      const image = projectOf(rehearsal).list('images').find(isSnapshot)?.id;
      await projectOf(rehearsal).make(
        collection,
        collection === 'servers' ? { ...body, image } : body,
      );
      const error = await refusal(rehearsal.run());
      expect(error.message).toMatch(
        new RegExp(
          '^these resources have names that the cluster "demo" needs, but not its labels:\\n' +
            `  ${kind} ${body.name} \\(id \\d+\\)$`,
        ),
      );
      expect(error.hint).toBe(
        'They are not touched. Choose another cluster_name, or remove them yourself.',
      );
      expect(error.exitCode).toBe(ExitCode.precondition);
      await untouched(rehearsal);
    },
  );

  test('leaves a server of another cluster with the same pool alone', async () => {
    const rehearsal = await rehearse(yaml);
    await projectOf(rehearsal).make('servers', {
      name: 'other-web-1',
      server_type: 'cx23',
      image: projectOf(rehearsal).list('images').find(isSnapshot)?.id,
      location: 'nbg1',
      labels: { 'managed-by': 'oxide', cluster: 'other', role: 'worker', pool: 'web', index: '1' },
    });
    await create(rehearsal.run().ctx);
    expect(names(rehearsal, 'servers')).toEqual(['demo-cp-1', 'demo-web-1', 'other-web-1']);
  });

  test('refuses a network range other than the one that exists', async () => {
    const rehearsal = await rehearseCluster(yaml);
    const before = rehearsal.faults.writes.length;
    const moved = yaml.replace(
      'location: nbg1',
      'location: nbg1, network: { cidr: 10.8.0.0/16, subnet_cidr: 10.8.1.0/24 }',
    );
    const error = await refusal(rehearsal.run({ yaml: moved }));
    expect(error.message).toMatch(
      /^the network demo \(id \d+\) is 10\.0\.0\.0\/16, cluster\.yaml says 10\.8\.0\.0\/16$/,
    );
    expect(error.exitCode).toBe(ExitCode.usage);
    expect(rehearsal.faults.writes).toHaveLength(before);
  });
});

describe('a create with the wrong secrets', () => {
  const existing = (which?: string): Promise<Rehearsal> => rehearseCluster(yaml, which);

  async function refusedUntouched(rehearsal: Rehearsal, run: Run): Promise<OxideError> {
    const writes = rehearsal.faults.writes.length;
    const secrets = await readFile(rehearsal.files.secrets, 'utf8').catch(() => undefined);
    const error = await refusal(run);
    expect(error.exitCode).toBe(ExitCode.precondition);
    expect(rehearsal.faults.writes).toHaveLength(writes);
    expect(await readFile(rehearsal.files.secrets, 'utf8').catch(() => undefined)).toBe(secrets);
    return error;
  }

  test('never makes new ones for a cluster that exists', async () => {
    const rehearsal = await existing();
    await rm(rehearsal.files.secrets);
    const error = await refusedUntouched(rehearsal, rehearsal.run());
    expect(error.message).toBe(
      `the cluster "demo" exists, but ${rehearsal.files.secrets} does not`,
    );
    expect(error.hint).toContain('--output');
  });

  test('refuses those of another certificate authority, and names both', async () => {
    const rehearsal = await existing();
    const other = await existing('another');
    const foreign = await readFile(other.files.secrets, 'utf8');
    await writeFile(rehearsal.files.secrets, foreign);
    const error = await refusedUntouched(rehearsal, rehearsal.run());
    expect(error.message).toMatch(
      /\(certificate authority \w+\) does not belong to the cluster "demo" \(\w+\)$/,
    );
    const [, own, wanted] = /authority (\w+)\).*\((\w+)\)$/.exec(error.message) ?? [];
    expect(own).not.toBe(wanted);
  });

  test('refuses those of a cluster with another name', async () => {
    const rehearsal = await existing();
    const renamed = yaml.replace('cluster_name: demo', 'cluster_name: shop');
    const error = await refusedUntouched(rehearsal, rehearsal.run({ yaml: renamed }));
    expect(error.message).toContain('belongs to the cluster "demo", not to "shop"');
    expect(error.hint).toContain('--output');
  });

  test('refuses those of a rehearsal in a real run', async () => {
    const rehearsal = await rehearse(yaml);
    await create(rehearsal.run({ rehearsal: true }).ctx);
    const error = await refusedUntouched(rehearsal, rehearsal.run());
    expect(error.message).toContain('was made in a rehearsal, and this is a real run');
  });
});

function names(rehearsal: Rehearsal, collection: 'servers' | 'networks'): readonly string[] {
  return projectOf(rehearsal)
    .list(collection)
    .map(({ name }) => name)
    .sort();
}

function isSnapshot(image: object): boolean {
  return (image as { type: string }).type === 'snapshot';
}
