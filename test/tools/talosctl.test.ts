import { describe, expect, it } from 'vitest';
import * as talosctl from '../../src/tools/talosctl.js';
import { recordedError } from './recordings.js';
import { output } from './tool-error.js';

const target = { talosconfig: 'out/talosconfig', endpoint: '203.0.113.7', node: '10.0.1.253' };
const at = '--talosconfig out/talosconfig --endpoints 203.0.113.7 --nodes 10.0.1.253';
const generated = {
  cluster: 'demo',
  endpoint: 'https://10.0.1.254:6443',
  secrets: 'out/secrets.yaml',
  output: 'scratch/cp.yaml',
  contract: 'v1.13',
  kubernetesVersion: 'v1.34.1',
  patchFiles: ['scratch/patch-0.yaml', 'scratch/patch-1.yaml'],
  additionalSans: ['api.example.com'],
};
const genConfig =
  'gen config demo https://10.0.1.254:6443 --with-secrets out/secrets.yaml --talos-version v1.13 ' +
  '--kubernetes-version 1.34.1 --with-docs=false --with-examples=false ' +
  'PATCHES--additional-sans api.example.com --output-types';
const genConfigOf = (role?: string) =>
  genConfig.replace(
    'PATCHES',
    role === undefined
      ? ''
      : `--config-patch-${role} @scratch/patch-0.yaml --config-patch-${role} @scratch/patch-1.yaml `,
  );

describe('talosctl is called', () => {
  it.each([
    [talosctl.clientVersion(), 'version --client --short'],
    [
      talosctl.genSecrets({ file: 'scratch/s.yaml', contract: 'v1.13' }),
      'gen secrets --output-file scratch/s.yaml --talos-version v1.13',
    ],
    [
      talosctl.genConfig({ ...generated, role: 'control-plane' }),
      `${genConfigOf('control-plane')} controlplane --output scratch/cp.yaml`,
    ],
    [
      talosctl.genConfig({ ...generated, role: 'worker' }),
      `${genConfigOf('worker')} worker --output scratch/cp.yaml`,
    ],
    [
      talosctl.genConfig({ ...generated, outputType: 'talosconfig' }),
      `${genConfigOf()} talosconfig --output scratch/cp.yaml`,
    ],
    [talosctl.validateConfig('a.yaml'), 'validate --config a.yaml --mode cloud'],
    [talosctl.version(target), `version --short ${at}`],
    [talosctl.bootstrap(target), `bootstrap ${at}`],
    [talosctl.etcdService(target), `service etcd status ${at}`],
    [talosctl.etcdMembers(target), `etcd members ${at}`],
    [talosctl.etcdRemoveMember(target, 'c1'), `etcd remove-member c1 ${at}`],
    [talosctl.etcdSnapshot(target, 'db.snapshot'), `etcd snapshot db.snapshot ${at}`],
    [talosctl.kubeconfig(target, 'k'), `kubeconfig k --merge=false --force ${at}`],
    [
      talosctl.reset(target, { graceful: true, wait: false, timeoutMs: 1 }),
      `reset --graceful=true --wait=false ${at}`,
    ],
  ])('%# as documented', (invocation, args) => {
    expect(invocation.tool).toBe('talosctl');
    expect(invocation.args.join(' ')).toBe(args);
  });
});

const members = `NODE         ID                 HOSTNAME     PEER URLS                 CLIENT URLS               LEARNER
10.0.1.254   0c3b4f0f5a3f2c11   demo-cp-1    https://10.0.1.254:2380   https://10.0.1.254:2379   false
10.0.1.254   9e8d7c6b5a493827                https://10.0.1.253:2380                             true
`;

describe('the members of etcd', () => {
  it('are read from the table, empty cells included', () => {
    expect(talosctl.parseEtcdMembers(output(members))).toEqual([
      {
        ...{ id: '0c3b4f0f5a3f2c11', hostname: 'demo-cp-1', learner: false },
        ...{ peerUrls: ['https://10.0.1.254:2380'], clientUrls: ['https://10.0.1.254:2379'] },
      },
      {
        ...{ id: '9e8d7c6b5a493827', hostname: '', learner: true },
        ...{ peerUrls: ['https://10.0.1.253:2380'], clientUrls: [] },
      },
    ]);
  });

  it('are read without the column of the node, which older versions leave out', () => {
    const table = `ID                 HOSTNAME    PEER URLS                 CLIENT URLS               LEARNER
0c3b4f0f5a3f2c11   demo-cp-1   https://10.0.1.254:2380   https://10.0.1.254:2379   false
`;
    expect(talosctl.parseEtcdMembers(output(table))).toMatchObject([{ hostname: 'demo-cp-1' }]);
  });

  it('that break off are an error', () => {
    const cut = members.slice(0, members.lastIndexOf('https'));
    expect(() => talosctl.parseEtcdMembers(output(cut))).toThrow('a table that is cut off');
    expect(() => talosctl.parseEtcdMembers(output('NODE     ID\n'))).toThrow('no column HOSTNAME');
  });
});

/**
 * As the source of talosctl prints it of two nodes (cmd/talosctl/cmd/talos/etcd.go and version.go, the same in
 * 1.12.11, 1.13.9 and 1.14.0-rc.1), when a third one did not answer.
 */
const statuses = `NODE         MEMBER             DB SIZE   IN USE            LEADER             RAFT INDEX   RAFT TERM   RAFT APPLIED INDEX   LEARNER   PROTOCOL   STORAGE   ERRORS
10.0.1.254   0c3b4f0f5a3f2c11   2.1 MB    1.0 MB (47.62%)   0c3b4f0f5a3f2c11   1024         2           1024                 false     3.6.12     3.6.0     
10.0.1.252   9e8d7c6b5a493827   2.1 MB    1.0 MB (47.62%)   0c3b4f0f5a3f2c11   1024         2           1024                 true      3.6.12     3.6.0     alarm:NOSPACE
`;
const block = (node: string, tag: string) =>
  `\tNODE:        ${node}\n\tTag:         ${tag}\n\tSHA:         f5f9a6f0\n\tBuilt:       \n\tGo version:  go1.26.3\n\tOS/Arch:     linux/amd64\n\tEnabled:     RBAC\n`;
const versions = `Client:\nTalos v1.13.9\nServer:\n${block('10.0.1.254', 'v1.13.9')}${block('10.0.1.252', 'v1.13.8')}`;

describe('what several nodes say in one call', () => {
  it('is told by their addresses, and who did not answer is not in it', () => {
    expect(Object.fromEntries(talosctl.parseServerVersions(output(versions)))).toEqual({
      '10.0.1.254': 'v1.13.9',
      '10.0.1.252': 'v1.13.8',
    });
    const member = { leader: '0c3b4f0f5a3f2c11', errors: '' };
    expect(Object.fromEntries(talosctl.parseEtcdStatuses(output(statuses)))).toEqual({
      '10.0.1.254': { ...member, member: '0c3b4f0f5a3f2c11', learner: false },
      '10.0.1.252': {
        ...{ ...member, member: '9e8d7c6b5a493827', learner: true, errors: 'alarm:NOSPACE' },
      },
    });
  });

  it('is nothing when nobody answered, and an error when the table breaks off', () => {
    expect(talosctl.parseServerVersions(output('Client:\nTalos v1.13.9\nServer:\n')).size).toBe(0);
    expect(talosctl.parseServerVersions(output('')).size).toBe(0);
    const cut = statuses.slice(0, statuses.lastIndexOf('alarm'));
    expect(() => talosctl.parseEtcdStatuses(output(cut))).toThrow('a table that is cut off');
  });
});

/** As talosctl 1.13.9 printed it for a node with that many names in the folder. */
const folder = (...names: string[]) =>
  output(`NODE        NAME\n${names.map((name) => `127.0.0.1   ${name}\n`).join('')}`);

describe("the folder of etcd's data", () => {
  it.each([
    [folder('.', 'member'), 'data'],
    [folder('.'), 'empty'],
    // talosctl 1.14.0-rc.1, asked for one node.
    [output('.\nmember\n'), 'data'],
    [output('.\n'), 'empty'],
  ])('is read: %j', (listed, expected) => {
    expect(talosctl.parseEtcdFolder(listed)).toBe(expected);
  });

  it.each(['', 'NODE   NAME\n', 'NODE        NAME\n127.0.0.1   .', 'member\n'])(
    'is never taken for empty when it was not listed: %j',
    (stdout) => {
      expect(() => talosctl.parseEtcdFolder(output(stdout))).toThrow('no list of a folder');
    },
  );
});

/** As talosctl 1.13.9 and 1.14.0-rc.1 printed it for a node that nobody bootstrapped. */
const neverBootstrapped = `NODE     127.0.0.1
ID       etcd
STATE    Failed
HEALTH   ?
EVENTS   [Failed]: Failed to run pre stage: failed to build initial etcd cluster: failed to build cluster arguments: 1 error(s) occurred:
         timeout (3s ago)
         [Preparing]: Running pre state (30m8s ago)
         [Waiting]: Waiting for volumes /var/lib, ETCD to be mounted, service "cri" to be "up", time sync, network, etcd spec (30m10s ago)
         [Starting]: Starting service (30m10s ago)
`;

const service = (state: string, ...events: string[]) =>
  output(`NODE     10.0.1.254
ID       etcd
STATE    ${state}
HEALTH   ?
EVENTS   ${events.join('\n         ')}
`);

describe('the service of etcd', () => {
  it('is read with its last event in one line', () => {
    expect(talosctl.parseEtcdService(output(neverBootstrapped))).toEqual({
      state: 'Failed',
      lastEvent:
        'Failed to run pre stage: failed to build initial etcd cluster: failed to build cluster arguments: 1 error(s) occurred: timeout',
      hasRun: false,
    });
  });

  // The events are those of Talos 1.13.9: machined's services/etcd.go, service_runner.go, runner/.
  it.each([
    ['Running', ['[Running]: Started task etcd (PID 2345) for container etcd (1m30s ago)'], true],
    ['Preparing', ['[Preparing]: Running pre state (2m ago)'], false],
    ['Finished', ['[Finished]: Service finished successfully (1s ago)'], false],
    [
      'Waiting',
      [
        '[Waiting]: Error running Containerd(etcd), going to restart forever: task "etcd" failed: exit code 1 (last log "") (1s ago)',
        '[Running]: Health check successful (1h0m0s ago)',
      ],
      true,
    ],
    ['Initialized', [], false],
  ])('in the state %s with the events %j has run: %s', (state, events, expected) => {
    expect(talosctl.parseEtcdService(service(state, ...events)).hasRun).toBe(expected);
  });
});

describe('a failed bootstrap', () => {
  it.each([
    ['bootstrap-exists', 'already'],
    ['bootstrap-exists-unknown', 'already'],
    ['bootstrap-early', 'retry'],
    ['bootstrap-time', 'retry'],
    ['refused', 'retry'],
    ['bootstrap-worker', 'fail'],
    ['not-authorized', 'fail'],
    ['unknown-flag', 'fail'],
  ] as const)('is judged: %s', (name, outcome) => {
    expect(talosctl.bootstrapOutcome(recordedError('talosctl', name))).toBe(outcome);
  });
});
