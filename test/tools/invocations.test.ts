import { describe, expect, it } from 'vitest';
import type { Invocation } from '../../src/tools/exec.js';
import * as helm from '../../src/tools/helm.js';
import * as kubectl from '../../src/tools/kubectl.js';
import { lookTemplate } from '../../src/tools/kubernetes-look.js';
import * as talosctl from '../../src/tools/talosctl.js';

const secret = 'LS0tLS1CRUdJTiBQUklWQVRF';
const access = 'out/kubeconfig';
const release: helm.Release = { name: 'cilium', namespace: 'kube-system' };
const target: talosctl.TalosTarget = {
  talosconfig: 'out/talosconfig',
  endpoint: '203.0.113.1',
  node: '203.0.113.1',
};

/** A call of every builder, by its name. */
const calls: Readonly<Record<string, Readonly<Record<string, Invocation>>>> = {
  talosctl: {
    clientVersion: talosctl.clientVersion(),
    genSecrets: talosctl.genSecrets({ file: 'out/secrets.yaml', contract: 'v1.13' }),
    genConfig: talosctl.genConfig({
      ...{ cluster: 'demo', endpoint: 'https://10.0.1.254:6443', secrets: 'out/secrets.yaml' },
      ...{ output: 'out/cp.yaml', contract: 'v1.13', kubernetesVersion: 'v1.34.1' },
      ...{ patchFiles: ['out/patch.yaml'], additionalSans: ['203.0.113.1'], role: 'worker' },
    }),
    validateConfig: talosctl.validateConfig('out/cp.yaml'),
    version: talosctl.version(target),
    getMachineConfigs: talosctl.getMachineConfigs(target, ['10.0.1.1', '10.0.1.2']),
    bootstrap: talosctl.bootstrap(target),
    etcdFolder: talosctl.etcdFolder(target),
    etcdService: talosctl.etcdService(target),
    etcdMembers: talosctl.etcdMembers(target),
    etcdStatus: talosctl.etcdStatus(target),
    etcdRemoveMember: talosctl.etcdRemoveMember(target, 'a1b2'),
    etcdSnapshot: talosctl.etcdSnapshot(target, 'out/backup'),
    kubeconfig: talosctl.kubeconfig(target, 'out/fetched'),
    reboot: talosctl.reboot(target),
    reset: talosctl.reset(target, { graceful: true, wait: false, timeoutMs: 60_000 }),
  },
  kubectl: {
    clientVersion: kubectl.clientVersion(),
    readyz: kubectl.readyz(access),
    getNodes: kubectl.getNodes(access),
    getControllerLease: kubectl.getControllerLease(access),
    getPersistentVolumes: kubectl.getPersistentVolumes(access),
    getNamespaces: kubectl.getNamespaces(access),
    getClaims: kubectl.getClaims(access),
    getPods: kubectl.getPods(access, 'demo-web-1'),
    getBudgets: kubectl.getBudgets(access),
    getCrds: kubectl.getCrds(access, ['gateways.gateway.networking.k8s.io', 'a.b']),
    getCrd: kubectl.getCrd(access, 'gateways.gateway.networking.k8s.io'),
    getCertificates: kubectl.getCertificates(access),
    getNetworkPolicy: kubectl.getNetworkPolicy(access, 'oxide-block-metadata'),
    applyServerSide: kubectl.applyServerSide(access, `kind: Secret\ndata: { key: ${secret} }`),
    lookAround: kubectl.lookAround(access),
    getRecord: kubectl.getRecord(access),
    applyRecord: kubectl.applyRecord(access, { 'nodes.json': '{}' }),
    waitEstablished: kubectl.waitEstablished(access, ['gateways.gateway.networking.k8s.io']),
    getWorkloads: kubectl.getWorkloads(access, {
      ...{ namespace: 'kube-system', names: ['daemonset/cilium'] },
    }),
    getAllWorkloads: kubectl.getAllWorkloads(access),
    getPodsIn: kubectl.getPodsIn(access, 'kube-system'),
    previousLogs: kubectl.previousLogs(access, {
      ...{ namespace: 'kube-system', pod: 'hcloud-csi-node-x', container: 'hcloud-csi-driver' },
    }),
    uncordon: kubectl.uncordon(access, 'demo-web-1'),
    drain: kubectl.drain(access, { nodes: ['demo-web-1'], timeoutMs: 60_000, force: true }),
    deleteObjects: kubectl.deleteObjects(access, `kind: Secret\ndata: { key: ${secret} }`),
    getMark: kubectl.getMark(access, {
      ...{ kind: 'secret', name: 'passphrase', namespace: 'kube-system', annotation: 'mark' },
    }),
    deleteTokenSecret: kubectl.deleteTokenSecret(access),
    deleteNodes: kubectl.deleteNodes(access, ['demo-web-1', 'demo-web-2']),
  },
  helm: {
    clientVersion: helm.clientVersion(),
    pull: helm.pull({ chart: 'cilium', from: 'https://helm.cilium.io', version: '1.19.6' }, 'out'),
    upgradeInstall: helm.upgradeInstall(access, release, { chart: 'c.tgz', values: 'v.json' }),
    list: helm.list(access),
    status: helm.status(access, release),
    getValues: helm.getValues(access, release),
    getMetadata: helm.getMetadata(access, release),
    uninstall: helm.uninstall(access, release),
    rollback: helm.rollback(access, release),
  },
};

/** What works on files of this machine, and asks no cluster. */
const local = [
  ...['talosctl clientVersion', 'talosctl genSecrets', 'talosctl genConfig'],
  ...['talosctl validateConfig', 'kubectl clientVersion', 'helm clientVersion', 'helm pull'],
];

const all = Object.entries(calls).flatMap(([tool, made]) =>
  Object.entries(made).map(([name, call]) => ({ name: `${tool} ${name}`, tool, call })),
);

/** The values of a flag, however often it is given. */
function valuesOf({ args }: Invocation, flag: string): readonly (string | undefined)[] {
  return args.flatMap((arg, i) => {
    if (arg.startsWith(`${flag}=`)) return [arg.slice(flag.length + 1)];
    return arg === flag ? [args[i + 1]] : [];
  });
}

describe('every call of a tool', () => {
  it('is among those that are looked at here', () => {
    const readers =
      /^(parse|is[A-Z]|has[A-Z])|Of$|Obstacle$|^(bootstrapOutcome|ranIntoDeadline|whyNotCordoned|foreignManagers)$/;
    for (const [tool, module] of Object.entries({ talosctl, kubectl, helm })) {
      const builders = Object.entries<unknown>(module)
        .filter(([name, exported]) => typeof exported === 'function' && !readers.test(name))
        .map(([name]) => name);
      expect(Object.keys(calls[tool] ?? {}).sort(), tool).toEqual(builders.sort());
    }
  });

  it.each(all)('$name has a deadline and runs the tool of its file', ({ tool, call }) => {
    expect(call.tool).toBe(tool);
    expect(call.timeoutMs).toBeGreaterThan(0);
    expect(Number.isFinite(call.timeoutMs)).toBe(true);
  });

  it.each(all)('$name says where to and with which credentials', ({ name, tool, call }) => {
    const target: Readonly<Record<string, readonly string[]>> = {
      talosctl: ['--talosconfig', '--endpoints', '--nodes'],
      kubectl: ['--kubeconfig'],
      // One look at all releases names no namespace.
      helm: name === 'helm list' ? ['--kubeconfig'] : ['--kubeconfig', '--namespace'],
    };
    if (name === 'helm list') expect(call.args).toContain('--all-namespaces');
    for (const flag of target[tool] ?? []) {
      const values = valuesOf(call, flag);
      expect(values, flag).toHaveLength(local.includes(name) ? 0 : 1);
      // One node a call: with several, talosctl hides the failure of some of them. What is read of
      // machine configurations names its node, so whoever failed is only missing.
      const form = name.endsWith(' getMachineConfigs') ? /^[\w.,/-]+$/ : /^[\w./-]+$/;
      for (const value of values) expect(value).toMatch(form);
    }
  });

  it.each(all)('$name holds no secret in what everybody can read', ({ call }) => {
    const text = [...call.args, ...Object.values(call.env ?? {})].join('\n');
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/BEGIN|--(token|password|as|client-key|set|set-string|values=-)\b/);
    // What kubectl is to print of all that it reads is the same text in every run.
    const own = call.args.filter((arg) => arg !== lookTemplate);
    for (const arg of own) expect(arg).toMatch(/^[^\n]{1,100}$/);
  });

  it('gives what may be secret on standard input', () => {
    expect(calls['kubectl']?.['applyServerSide']?.stdin).toContain(secret);
  });
});
