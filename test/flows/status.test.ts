import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { StatusReport } from '../../src/cluster/status/report.js';
import { status, watchStatus } from '../../src/flows/status.js';
import { InterruptedError } from '../../src/lib/errors.js';
import { importCommand } from '../../src/cluster/state/secrets-copy-name.js';
import { oxide } from '../../src/lib/commands.js';
import { administer } from '../helpers/administer.js';
import { projectOf } from '../helpers/project.js';
import {
  clusterYaml,
  rehearse,
  rehearseCluster,
  type Rehearsal,
  type RunOptions,
} from '../helpers/rehearsal.js';
import { shortLived } from '../helpers/short-lived.js';
import { failed } from '../helpers/tool-doubles.js';

const yaml = clusterYaml(1, 2);

function existing(text = yaml): Promise<Rehearsal> {
  return rehearseCluster(text);
}

function reportOf(rehearsal: Rehearsal, options: RunOptions = {}): Promise<StatusReport> {
  return status(rehearsal.run(options).ctx);
}

const codes = ({ status: { problems } }: StatusReport) => problems.map(({ code }) => code);

const silent = (tool: string): RunOptions => ({
  intercept: (invocation) =>
    invocation.tool === tool
      ? failed('dial tcp 203.0.113.1: connect: connection refused\n')
      : undefined,
});

/** A kind is missing, so that nothing is told by one call. */
const piecemeal: RunOptions = {
  intercept: ({ args }) =>
    args.some((arg) => arg.startsWith('nodes,'))
      ? failed(
          'error: the server doesn\'t have a resource type "ciliumclusterwidenetworkpolicies"\n',
        )
      : undefined,
};

const both =
  (...options: readonly RunOptions[]): NonNullable<RunOptions['intercept']> =>
  (call) =>
    options.map(({ intercept }) => intercept?.(call)).find((end) => end !== undefined);

async function addSecret(rehearsal: Rehearsal, secret: object): Promise<void> {
  const path = '/api/v1/namespaces/kube-system/secrets';
  const body = { apiVersion: 'v1', kind: 'Secret', ...secret };
  await administer(rehearsal, { method: 'POST', path, body });
}

describe('the status', () => {
  test('of a complete cluster is healthy and has exactly the documented keys', async () => {
    const rehearsal = await existing();
    const { status: found } = await reportOf(rehearsal);
    expect(found.problems).toEqual([]);
    expect(found).toMatchObject({ cluster: 'demo', healthy: true, differences: [] });
    expect(Object.keys(found)).toEqual([
      ...[
        'cluster',
        'endpoint',
        'healthy',
        'servers',
        'pools',
        'differences',
        'addons',
        'monthlyCost',
        'loadBalancer',
        'placementGroups',
        'survives',
        'problems',
        'support',
      ],
    ]);
    const [controlPlane, worker] = found.servers;
    expect(Object.keys(controlPlane ?? {})).toEqual([
      ...['name', 'id', 'role', 'pool', 'index', 'type', 'location', 'status'],
      ...['publicIpv4', 'privateIp', 'kubernetes', 'talosVersion', 'etcd'],
    ]);
    expect(controlPlane).toMatchObject({
      name: 'demo-cp-1',
      kubernetes: { ready: true, version: 'v1.36.6' },
      talosVersion: 'v1.13.9',
      etcd: { member: expect.stringMatching(/^[0-9a-f]+$/) as string, leader: true, healthy: true },
    });
    expect(worker).toMatchObject({ name: 'demo-web-1', talosVersion: 'v1.13.9', etcd: null });
    expect(found.pools).toEqual([
      { name: 'cp', role: 'control-plane', wanted: 1, found: 1 },
      { name: 'web', role: 'worker', wanted: 2, found: 2 },
    ]);
    expect(Object.keys(found.monthlyCost)).toEqual(['net', 'gross', 'currency']);
  });

  test('tells of secrets that are missing, of which the cluster itself is not the worse', async () => {
    const rehearsal = await existing();
    await rm(rehearsal.files.secrets);
    const { status: found } = await reportOf(rehearsal);
    expect(found.problems).toEqual([
      {
        code: 'secrets',
        message: `the cluster "demo" exists, but ${rehearsal.files.secrets} does not`,
        hint: `${importCommand('demo')} brings them back from your copy`,
      },
    ]);
    expect(found.healthy).toBe(true);
  });

  test('names a certificate in the cluster that ends soon', async () => {
    const rehearsal = await existing();
    await addSecret(rehearsal, {
      ...{ type: 'kubernetes.io/tls', metadata: { name: 'hubble-server-certs' } },
      data: { 'tls.crt': await shortLived(20), 'tls.key': 'a2V5' },
    });
    for (const options of [{}, piecemeal]) {
      const report = await reportOf(rehearsal, options);
      expect(codes(report)).toEqual(['certificate-ends']);
      expect(report.status.healthy).toBe(true);
    }
  });

  test('asks four times of a whole cluster, whatever its size', async () => {
    const { ctx, calls } = (await existing(clusterYaml(3, 2))).run();
    expect((await status(ctx)).status).toMatchObject({ healthy: true, problems: [] });
    const asked = calls.map(({ tool, args }) =>
      tool === 'talosctl' ? args.slice(0, 2).join(' ') : tool,
    );
    expect(asked.sort()).toEqual(['etcd members', 'etcd status', 'get machineconfig', 'kubectl']);
  });

  test('asks Hetzner for few lists of a whole cluster, and for all when something is missing', async () => {
    const rehearsal = await existing();
    const asked = async (text?: string) => {
      const before = rehearsal.faults.requests.length;
      await reportOf(rehearsal, text === undefined ? {} : { yaml: text });
      return rehearsal.faults.requests.slice(before).map(({ path }) => path.slice(1));
    };
    const few = await asked();
    expect(few.sort()).toEqual([
      ...['firewalls', 'floating_ips', 'networks', 'pricing', 'primary_ips', 'servers', 'volumes'],
    ]);
    expect(await asked(clusterYaml(1, 3))).toEqual(
      expect.arrayContaining([...few, 'load_balancers', 'placement_groups', 'ssh_keys']),
    );
  });

  test('looks closer where one call for all of Kubernetes fails, and sees the same', async () => {
    const rehearsal = await existing();
    expect((await reportOf(rehearsal, piecemeal)).status).toEqual(
      (await reportOf(rehearsal)).status,
    );
  });

  test('asks Talos itself for its version where a kubelet does not live', async () => {
    const rehearsal = await existing();
    const asked = async (lives: boolean) => {
      const { ctx, calls } = rehearsal.run({
        around: async ({ args }, happen) => {
          const end = await happen();
          if (lives || !args.includes('get') || typeof end === 'string' || 'signal' in end)
            return end;
          return {
            ...end,
            stdout: end.stdout.replaceAll(/\{[^{}]*"type":"Ready"[^{}]*\}/g, (ready) =>
              ready.replace('"True"', '"Unknown"'),
            ),
          };
        },
      });
      const { status: found } = await status(ctx);
      const [first] = found.servers;
      const versions = calls.filter(
        ({ args }) => args[0] === 'version' && args.includes('--nodes'),
      );
      return { version: first?.talosVersion, asked: versions.length };
    };
    expect(await asked(true)).toEqual({ version: 'v1.13.9', asked: 0 });
    expect(await asked(false)).toEqual({ version: 'v1.13.9', asked: 1 });
  });

  test('changes nothing, and gives no tool more than five seconds', async () => {
    const rehearsal = await existing();
    const writes = rehearsal.faults.writes.length;
    const run = rehearsal.run();
    await status(run.ctx);
    expect(rehearsal.faults.writes).toHaveLength(writes);
    expect(run.calls.map(({ tool }) => tool)).toEqual(
      expect.arrayContaining(['kubectl', 'talosctl']),
    );
    for (const { timeoutMs } of run.calls) expect(timeoutMs).toBeLessThanOrEqual(5_000);
  });

  test('says so when it cannot be told what is installed', async () => {
    const rehearsal = await existing();
    const silentHelm = { intercept: both(piecemeal, silent('helm')) };
    expect(codes(await reportOf(rehearsal, silentHelm))).toEqual(['installed-unknown']);
    await addSecret(rehearsal, {
      ...{ type: 'helm.sh/release.v1', data: { release: 'Zm9v' } },
      metadata: {
        name: 'sh.helm.release.v1.cilium.v9',
        labels: { owner: 'helm', name: 'cilium', status: 'deployed', version: '9' },
      },
    });
    const report = await reportOf(rehearsal);
    expect(codes(report)).toEqual(['installed-unknown']);
    expect(report.status).toMatchObject({ healthy: true, differences: [] });
  });

  test('knows one leader among three control planes', async () => {
    const { status: found } = await reportOf(await existing(clusterYaml(3, 0)));
    const etcd = found.servers.map((server) => server.etcd);
    expect(etcd.filter((one) => one?.leader)).toHaveLength(1);
    expect(new Set(etcd.map((one) => one?.member)).size).toBe(3);
  });

  test('asks several control planes at once, and one that is silent by itself', async () => {
    const rehearsal = await existing(clusterYaml(3, 0));
    const asked = async (intercept?: RunOptions['intercept']) => {
      const { ctx, calls } = rehearsal.run(intercept ? { intercept } : {});
      const { status: found } = await status(ctx);
      const nodes = calls
        .filter(({ args }) => args.join(' ').startsWith('etcd status'))
        .map(({ args }) => args.at(-1)?.split(',').length);
      return { found, nodes };
    };
    expect(await asked()).toMatchObject({ found: { healthy: true }, nodes: [3] });
    // The first that is asked is silent, in the call for all and in that for this one.
    rehearsal.world.talos.setFault({ kind: 'unavailable', method: 'EtcdStatus' });
    const { found, nodes } = await asked(({ args }) =>
      args.join(' ').startsWith('etcd status') && args.at(-1) === '203.0.113.1'
        ? failed('dial tcp 203.0.113.1:50000: i/o timeout\n')
        : undefined,
    );
    expect(nodes).toEqual([3, 1]);
    const [first, ...others] = found.servers;
    expect(first).toMatchObject({ talosVersion: 'v1.13.9', etcd: null });
    for (const { etcd } of others) expect(etcd).toMatchObject({ healthy: true });
    expect(found.healthy).toBe(false);
    expect(found.problems.map(({ message }) => message)).toEqual([
      'etcd on demo-cp-1 cannot be asked: no answer from the node',
    ]);
  });

  test('goes by another control plane when the first does not answer for Kubernetes', async () => {
    const rehearsal = await existing(clusterYaml(3, 0));
    const ready: string[] = [];
    const { status: found } = await reportOf(rehearsal, {
      intercept: ({ tool, args }) => {
        if (tool === 'talosctl') return undefined;
        if (args.includes('--raw=/readyz')) ready.push(args.at(-1) ?? '');
        return args.includes('https://203.0.113.1:6443')
          ? failed('The connection to the server 203.0.113.1:6443 was refused\n')
          : undefined;
      },
    });
    expect(ready.map((server) => /\.(\d):/.exec(server)?.[1])).toEqual(['1', '2', '3']);
    expect(found).toMatchObject({ healthy: true, problems: [] });
  });

  test('of what does not exist ends with the command that makes it', async () => {
    const rehearsal = await rehearse(yaml);
    await expect(reportOf(rehearsal)).rejects.toMatchObject({
      message: 'the cluster "demo" does not exist in this project',
      hint: `Make it: ${oxide`create`}`,
      exitCode: 3,
    });
  });

  test('names the reason when Kubernetes is down, and shows the rest', async () => {
    const report = await reportOf(await existing(), silent('kubectl'));
    const { servers, healthy, problems } = report.status;
    expect(healthy).toBe(false);
    expect(codes(report)).toEqual(['kubernetes-unknown']);
    expect(problems[0]?.message).toContain('connection refused');
    expect(servers.map(({ kubernetes }) => kubernetes)).toEqual([null, null, null]);
    expect(servers[0]).toMatchObject({ status: 'running', etcd: { healthy: true } });
  });

  test('names the reason when Talos is down, and shows the rest', async () => {
    const report = await reportOf(await existing(), silent('talosctl'));
    const { servers, problems, healthy } = report.status;
    expect(healthy).toBe(false);
    expect(problems.map(({ message }) => message)).toEqual([
      'Talos on demo-cp-1 cannot be asked: connection refused: the Talos API is not up yet',
    ]);
    expect(servers[0]).toMatchObject({ kubernetes: { ready: true }, etcd: null });
  });

  test('of a cluster whose control plane is off shows what Hetzner knows', async () => {
    const rehearsal = await existing();
    const project = projectOf(rehearsal);
    const [server] = project.list('servers').filter(({ name }) => name === 'demo-cp-1');
    project.call('POST', `/servers/${server?.id ?? 0}/actions/poweroff`);
    await rehearsal.clock.sleep(60_000);
    const report = await reportOf(rehearsal);
    expect(codes(report)).toEqual(['server-not-running', 'kubernetes-unknown']);
    expect(report.status.servers.map((one) => one.status)).toEqual(['off', 'running', 'running']);
    expect(report.status.monthlyCost.net).toBeGreaterThan(0);
  });

  test('comes also when Hetzner fails for a while and asks for patience', async () => {
    const rehearsal = await existing();
    rehearsal.faults.add({ count: 2, fault: { kind: 'html', status: 503 } });
    rehearsal.faults.add({ count: 2, fault: { kind: 'reset', when: 'before' } });
    rehearsal.faults.add({
      fault: { kind: 'status', status: 429, code: 'rate_limit_exceeded' },
    });
    expect((await reportOf(rehearsal)).status.healthy).toBe(true);
  });

  test('says how the cluster differs from cluster.yaml', async () => {
    const rehearsal = await existing();
    const other = yaml
      .replace('cx33, count: 2', 'cx43, count: 1')
      .concat('talos: { version: v1.13.8, kubernetes_version: 1.36.5 }\n');
    const { status: found } = await reportOf(rehearsal, { yaml: other });
    const lines = found.differences.map(
      ({ key, servers, wanted, found: is }) =>
        `${key} ${is ?? '-'} ${wanted ?? '-'}: ${servers.join(' ')}`,
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        'workers.web.count cx33 in nbg1 -: demo-web-2',
        'workers.web.server_type cx33 cx43: demo-web-1',
        'talos.version v1.13.9 v1.13.8: demo-cp-1 demo-web-1',
        'talos.kubernetes_version 1.36.6 1.36.5: demo-cp-1 demo-web-1',
      ]),
    );
    expect(found.healthy).toBe(true);
  });

  test('of a cluster that lacks a server is degraded, and says which', async () => {
    const rehearsal = await existing();
    const report = await reportOf(rehearsal, { yaml: clusterYaml(1, 3) });
    expect(report.status.healthy).toBe(false);
    expect(report.status.problems).toEqual([
      expect.objectContaining({
        code: 'missing-server',
        message: 'demo-web-3 does not exist',
      }),
    ]);
    expect(report.status.pools[1]).toMatchObject({ wanted: 3, found: 2 });
  });

  test('says when the firewall does not admit this machine any more', async () => {
    const rehearsal = await existing();
    const allowed = yaml.replace(
      'location: nbg1 }',
      'location: nbg1, firewall: { allowed_cidrs: [192.0.2.9/32] } }',
    );
    const project = projectOf(rehearsal);
    const [firewall] = project.list('firewalls');
    project.call('POST', `/firewalls/${firewall?.id ?? 0}/actions/set_rules`, {
      rules: [
        { direction: 'in', protocol: 'tcp', port: '6443', source_ips: ['192.0.2.9/32'] },
        { direction: 'in', protocol: 'tcp', port: '50000', source_ips: ['192.0.2.9/32'] },
      ],
    });
    await rehearsal.clock.sleep(60_000);
    const report = await reportOf(rehearsal, { yaml: allowed });
    expect(report.allowed).toEqual(['192.0.2.9/32']);
    expect(codes(report)).toContain('own-address-not-allowed');
    expect(codes(report)).toContain('kubernetes-unknown');
  });

  test('names what costs money without being used, of this cluster only', async () => {
    const rehearsal = await existing();
    const project = projectOf(rehearsal);
    const [network] = project.list('networks');
    const balancer = {
      load_balancer_type: 'lb11',
      location: 'nbg1',
      algorithm: { type: 'round_robin' },
    };
    await project.make('load_balancers', {
      ...{ ...balancer, name: 'ours', network: network?.id ?? 0 },
      labels: { 'hcloud-ccm/service-uid': 'a-service' },
    });
    await project.make('load_balancers', { ...balancer, name: 'theirs' });
    const report = await reportOf(rehearsal);
    const messages = report.status.problems.map(({ message }) => message);
    expect(messages).toEqual([
      expect.stringMatching(/^the load balancer ours \(id \d+\) has no targets/),
    ]);
    expect(report.status.healthy).toBe(true);
  });

  test('goes on without access files, and with unreadable ones', async () => {
    const rehearsal = await existing();
    await rm(rehearsal.files.talosconfig);
    await writeFile(rehearsal.files.kubeconfig, 'clusters: [');
    const report = await reportOf(rehearsal, silent('kubectl'));
    expect(report.status.endpoint).toBeNull();
    expect(codes(report)).toEqual(expect.arrayContaining(['talos-unknown', 'access-file']));
    expect(report.status.servers).toHaveLength(3);
    const [talos] = report.status.problems.filter(({ code }) => code === 'talos-unknown');
    expect(talos?.hint).toContain(`${oxide`talosconfig`} makes it again`);
  });
});

describe('a watch', () => {
  test('looks again until it is interrupted, and ends with what it saw last', async () => {
    const rehearsal = await existing();
    const shown: StatusReport[] = [];
    const interrupt = new AbortController();
    const last = await watchStatus(rehearsal.run({ signal: interrupt.signal }).ctx, {
      show: (report) => void shown.push(report),
      pause: () => {
        if (shown.length === 3) interrupt.abort(new InterruptedError());
        return Promise.resolve();
      },
    });
    expect(shown).toHaveLength(3);
    expect(last).toEqual(shown[2]);
    expect(last.status.healthy).toBe(true);
  });
});
