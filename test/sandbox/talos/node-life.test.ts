import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bootstrapped, etcdSubnets, privateSubnets, Rehearsal } from './rehearsal.js';

describe('a node', () => {
  it('answers nothing while it boots, then with the credentials of its cluster', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const machine = rehearsal.room.put('demo-cp-1', controlPlane);

    rehearsal.pass(30);
    const early = await rehearsal.at(machine, 'version');
    expect(early.stderr).toContain('dial tcp 203.0.113.1:50000: connect: connection refused');
    rehearsal.pass(20);
    const { stdout, exitCode } = await rehearsal.at(machine, 'version');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\tNODE:        203.0.113.1\n\tTag:         v1.13.9\n');
  });

  it('reads gzipped and base64 user data as well', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const packed = gzipSync(Buffer.from(controlPlane)).toString('base64');
    const machine = rehearsal.room.put('demo-cp-1', packed);
    rehearsal.pass(50);
    expect((await rehearsal.at(machine, 'version')).exitCode).toBe(0);
  });

  it('has forgotten all when its disk was written anew', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const machine = rehearsal.room.put('demo-cp-1', controlPlane);
    rehearsal.pass(50);
    const { now } = rehearsal.room;
    rehearsal.room.change(machine.id, { userData: '', rebuiltAt: now, poweredOnAt: now });
    rehearsal.pass(50);
    const insecure = await rehearsal.talosctl('version', '--insecure', '-n', '203.0.113.1');
    expect(insecure.exitCode).toBe(0);
  });

  it('waits in maintenance mode without user data, open to anybody and closed to the cluster', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const machine = rehearsal.room.put('demo-cp-1', '');
    rehearsal.pass(50);

    const secure = await rehearsal.at(machine, 'version');
    expect(secure.stderr).toContain('x509: certificate signed by unknown authority');
    const insecure = await rehearsal.talosctl('version', '--insecure', '-n', '203.0.113.1');
    expect(insecure.exitCode).toBe(0);

    rehearsal.write('cp.yaml', controlPlane);
    const applied = await rehearsal.talosctl(
      'apply-config',
      '-i',
      '-n',
      '203.0.113.1',
      '-f',
      'cp.yaml',
    );
    expect(applied).toMatchObject({ exitCode: 0 });
    rehearsal.pass(50);
    expect((await rehearsal.at(machine, 'version')).exitCode).toBe(0);
    const again = await rehearsal.talosctl('version', '--insecure', '-n', '203.0.113.1');
    expect(again.stderr).toContain('tls: certificate required');
  });

  it.each([
    ['a key that Talos does not know', (text: string) => text.replace('persist:', 'persists:')],
    [
      'no certificate authority key',
      (text: string) => text.replace(/^ {8}key: .*$/m, '        key: ""'),
    ],
    ['a Kubernetes too new for its Talos', (text: string) => text.replaceAll('v1.34.1', 'v1.37.0')],
    ['text that is no YAML', () => 'machine: ['],
  ])('never answers when its user data has %s', async (_what, spoil) => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const machine = rehearsal.room.put('demo-cp-1', spoil(controlPlane));
    rehearsal.pass(3_600);
    const { stderr } = await rehearsal.at(machine, 'version');
    expect(stderr).toContain('connect: connection refused');
  });

  it('refuses documents that its own, older Talos does not know', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const image = { talosVersion: 'v1.11.6', architecture: 'x86' as const };
    const machine = rehearsal.room.put('demo-cp-1', controlPlane, { image });
    rehearsal.pass(100);
    expect((await rehearsal.at(machine, 'version')).stderr).toContain('connection refused');
  });

  it('reads its user data at the first boot only', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const machine = cp(1);
    rehearsal.room.change(machine.id, { poweredOnAt: undefined });
    rehearsal.pass(10);
    expect(rehearsal.kubernetes.alive.get('demo-cp-1')).toBe(false);
    rehearsal.room.change(machine.id, {
      poweredOnAt: rehearsal.room.now,
      userData: 'changed',
    });
    rehearsal.pass(120);
    expect(rehearsal.kubernetes.alive.get('demo-cp-1')).toBe(true);
  });

  it('cannot be reached from an address that its firewall does not admit', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    rehearsal.room.allowed.clear();
    const { stderr } = await rehearsal.at(cp(1), 'version');
    expect(stderr).toContain('dial tcp 203.0.113.1:50000: i/o timeout');
  });

  it('lets a control plane pass calls on over the private network, and no worker', async () => {
    const { rehearsal, cp, worker } = await bootstrapped(1);
    const workerMachine = rehearsal.room.put('demo-web-1', worker);
    rehearsal.pass(60);
    const viaControlPlane = await rehearsal.via(cp(1), '10.0.1.2', 'version');
    expect(viaControlPlane.exitCode).toBe(0);
    const viaWorker = await rehearsal.via(workerMachine, '10.0.1.1', 'version');
    expect(viaWorker.stderr).toContain('code = PermissionDenied desc = no request forwarding');
  });
});

describe('a kubelet', () => {
  it('registers with its private address, labels and the taints of a control plane', async () => {
    const { rehearsal } = await bootstrapped(1);
    expect(rehearsal.kubernetes.nodes.get('demo-cp-1')).toEqual({
      name: 'demo-cp-1',
      role: 'control-plane',
      internalIp: '10.0.1.1',
      labels: {
        'node-role.kubernetes.io/control-plane': '',
        'node.kubernetes.io/exclude-from-external-load-balancers': '',
      },
      taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      kubeletVersion: 'v1.34.1',
      osImage: 'Talos (v1.13.9)',
      architecture: 'amd64',
      cloudProviderExternal: false,
      cpu: 2,
      memoryGb: 4,
      machine: { id: 1, location: 'nbg1' },
      rotatesServerCertificates: false,
    });
  });

  it('acts on what a configuration of a node that is up says of it', async () => {
    const { rehearsal, cp, controlPlane } = await bootstrapped(1);
    const patch = [
      '    features:',
      '        kubernetesTalosAPIAccess:',
      '            enabled: true',
      '            allowedRoles: [os:reader]',
      '            allowedKubernetesNamespaces: [kube-system]',
    ];
    const changed = controlPlane
      .replace(
        '    kubelet:\n',
        '    kubelet:\n        extraArgs: {rotate-server-certificates: "true"}\n',
      )
      .replace('    features:', patch.join('\n'));
    rehearsal.write('main/changed.yaml', changed);
    const { stderr } = await rehearsal.at(cp(1), 'apply-config', '-f', 'main/changed.yaml');
    expect(stderr).toContain('Applied configuration without a reboot');
    expect(rehearsal.kubernetes.nodes.get('demo-cp-1')).toMatchObject({
      rotatesServerCertificates: true,
      talosApi: { roles: ['os:reader'], namespaces: ['kube-system'] },
    });
  });

  it('of a control plane registers before etcd has taken it in, unless it has no KubePrism', async () => {
    const { rehearsal, cp, controlPlane } = await bootstrapped(1);
    const alone = controlPlane.replace(/(kubePrism:\n +enabled: )true/, '$1false');
    expect(alone).not.toBe(controlPlane);
    rehearsal.room.put('demo-cp-2', controlPlane);
    rehearsal.room.put('demo-cp-3', alone);
    rehearsal.pass(58);
    expect([...rehearsal.kubernetes.nodes.keys()]).toEqual(['demo-cp-1', 'demo-cp-2']);
    const { stdout } = await rehearsal.at(cp(1), 'etcd', 'members');
    expect(stdout).toMatch(/demo-cp-2 .* true\n/);
    expect(stdout).not.toContain('demo-cp-3');
    rehearsal.pass(300);
    expect([...rehearsal.kubernetes.nodes.keys()]).toContain('demo-cp-3');
  });

  it('takes the public address without subnets, and never registers without an address in them', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane, worker } = await rehearsal.generate('main');
    const first = rehearsal.room.put('demo-cp-1', controlPlane);
    const patch = 'machine: { kubelet: { nodeIP: { validSubnets: [10.9.0.0/24] } } }';
    rehearsal.write('worker.yaml', worker);
    const stray = await rehearsal.talosctl('machineconfig', 'patch', 'worker.yaml', '-p', patch);
    rehearsal.room.put('demo-web-1', stray.stdout);
    rehearsal.pass(50);
    await rehearsal.at(first, 'bootstrap');
    rehearsal.pass(300);
    expect([...rehearsal.kubernetes.nodes.values()].map(({ internalIp }) => internalIp)).toEqual([
      '203.0.113.1',
    ]);
  });

  it.each([
    ['plain labels', 'machine: { nodeLabels: { tier: web } }', { labels: { tier: 'web' } }],
    [
      'taints that the kubelet registers with',
      'machine: { kubelet: { extraConfig: { registerWithTaints: [{ key: a, value: b, effect: NoSchedule }] } } }',
      { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] },
    ],
    [
      'nothing at all when one label belongs to Kubernetes',
      'machine: { nodeLabels: { tier: web, node-role.kubernetes.io/worker: "" } }',
      { labels: {} },
    ],
    [
      'nothing at all when nodeTaints are set, which a worker may not',
      'machine: { nodeLabels: { tier: web }, nodeTaints: { a: "b:NoSchedule" } }',
      { labels: {}, taints: [] },
    ],
  ])('of a worker brings %s', async (_what, patch, expected) => {
    const { rehearsal, worker } = await bootstrapped(1);
    rehearsal.write('worker.yaml', worker);
    const patched = await rehearsal.talosctl('mc', 'patch', 'worker.yaml', '-p', patch);
    rehearsal.room.put('demo-web-1', patched.stdout);
    rehearsal.pass(120);
    expect(rehearsal.kubernetes.nodes.get('demo-web-1')).toMatchObject(expected);
  });

  it('of a worker outside the private network never registers', async () => {
    const { rehearsal, worker } = await bootstrapped(1);
    rehearsal.room.put('demo-web-1', worker, { privateIps: [] });
    rehearsal.pass(600);
    expect([...rehearsal.kubernetes.nodes.keys()]).toEqual(['demo-cp-1']);
  });

  it('of a renamed server keeps its name until the next boot, and then registers as another node', async () => {
    const { rehearsal, worker } = await bootstrapped(1);
    const { id } = rehearsal.room.put('demo-web-1', worker);
    rehearsal.pass(600);
    rehearsal.room.change(id, { name: 'db.example.com' });
    rehearsal.pass(600);
    const { nodes, alive } = rehearsal.kubernetes;
    expect([...nodes.keys()]).toEqual(['demo-cp-1', 'demo-web-1']);
    rehearsal.room.change(id, { poweredOnAt: rehearsal.room.now });
    rehearsal.pass(600);
    expect([...nodes.keys()]).toEqual(['demo-cp-1', 'demo-web-1', 'db']);
    expect([alive.get('demo-web-1'), alive.get('db')]).toEqual([false, true]);
    expect(nodes.get('db')?.internalIp).toBe(nodes.get('demo-web-1')?.internalIp);
  });

  it('of a node with other secrets never registers', async () => {
    const { rehearsal } = await bootstrapped(1);
    const other = await rehearsal.generate('other', '--config-patch', privateSubnets);
    rehearsal.room.put('stranger', other.worker);
    rehearsal.pass(600);
    expect([...rehearsal.kubernetes.nodes.keys()]).toEqual(['demo-cp-1']);
  });
});

describe('an API server', () => {
  it('listens from 40 s after the bootstrap, with a certificate for its addresses', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate(
      'main',
      '--config-patch-control-plane',
      etcdSubnets,
    );
    const machine = rehearsal.room.put('demo-cp-1', controlPlane);
    rehearsal.pass(50);
    await rehearsal.at(machine, 'bootstrap');
    rehearsal.pass(39);
    const { now } = rehearsal.room;
    expect(await rehearsal.world.apiServerAt(1, now)).toEqual({ refused: 'Connection refused' });
    rehearsal.pass(1);
    const found = await rehearsal.world.apiServerAt(1, rehearsal.room.now);
    if ('refused' in found) throw new Error(found.refused);
    const { X509Certificate } = await import('node:crypto');
    const certificate = new X509Certificate(found.cert);
    for (const address of ['203.0.113.1', '10.0.1.1', '10.96.0.1']) {
      expect(certificate.checkIP(address)).toBe(address);
    }
    expect(certificate.verify(new X509Certificate(found.clientCa).publicKey)).toBe(true);
  });
});
