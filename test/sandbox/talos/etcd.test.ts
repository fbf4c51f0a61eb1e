import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/sandbox/machines.js';
import { bootstrapped, nth, Rehearsal } from './rehearsal.js';

/** Rows of `etcd members` without the head: hostname and whether it is a learner. */
async function membersAt(rehearsal: Rehearsal, machine: Machine): Promise<string[]> {
  const { stdout } = await rehearsal.at(machine, 'etcd', 'members');
  return stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {3,}/))
    .map((cells) => `${cells[2] ?? ''} ${cells[5] ?? ''}`);
}

async function memberId(rehearsal: Rehearsal, machine: Machine, hostname: string): Promise<string> {
  const { stdout } = await rehearsal.at(machine, 'etcd', 'members');
  const row = stdout.split('\n').find((line) => line.includes(hostname));
  return row?.split(/ {3,}/)[1] ?? '';
}

describe('bootstrap', () => {
  it('is refused a second time', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const again = await rehearsal.at(cp(1), 'bootstrap');
    expect(again).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'error executing bootstrap: 1 error occurred:\n\t* 203.0.113.1: rpc error: code = AlreadyExists desc = etcd data directory is not empty\n\n\n',
    });
  });

  it('is refused by a worker', async () => {
    const { rehearsal, worker } = await bootstrapped(1);
    const machine = rehearsal.room.put('demo-web-1', worker);
    rehearsal.pass(60);
    const { stderr } = await rehearsal.at(machine, 'bootstrap');
    expect(stderr).toContain(
      'code = Unimplemented desc = bootstrap is only available on control plane nodes',
    );
  });

  it('of a second control plane before it joined makes a second cluster', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const first = rehearsal.room.put('a', controlPlane);
    const second = rehearsal.room.put('b', controlPlane);
    rehearsal.pass(50);
    await rehearsal.at(first, 'bootstrap');
    await rehearsal.at(second, 'bootstrap');
    rehearsal.pass(200);
    expect(rehearsal.world.clusters()).toHaveLength(2);
    expect(await membersAt(rehearsal, first)).toEqual(['a false']);
  });
});

describe('etcd', () => {
  it('lets control planes in one at a time, as learners first', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const machines = ['a', 'b', 'c'].map((name) => rehearsal.room.put(name, controlPlane));
    rehearsal.pass(50);
    const first = nth(machines, 1);
    await rehearsal.at(first, 'bootstrap');
    rehearsal.pass(12);
    expect(await membersAt(rehearsal, first)).toEqual(['a false', 'b true']);
    rehearsal.pass(15);
    expect(await membersAt(rehearsal, first)).toEqual(['a false', 'b false', 'c true']);
    rehearsal.pass(15);
    expect(await membersAt(rehearsal, first)).toEqual(['a false', 'b false', 'c false']);
  });

  it('keeps its members over a save and a load', async () => {
    const { rehearsal, cp } = await bootstrapped(3);
    const before = await rehearsal.at(cp(1), 'etcd', 'members');
    rehearsal.reload();
    expect(await rehearsal.at(cp(1), 'etcd', 'members')).toEqual(before);
  });

  it('answers with two of three members and not with one', async () => {
    const { rehearsal, cp } = await bootstrapped(3);
    const [first, second, third] = [cp(1), cp(2), cp(3)];
    rehearsal.room.change(third.id, { poweredOnAt: undefined });
    rehearsal.pass(5);
    expect(await membersAt(rehearsal, first)).toHaveLength(3);
    rehearsal.room.remove(second.id);
    rehearsal.pass(5);
    const { stderr, exitCode } = await rehearsal.at(first, 'etcd', 'members');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'error getting members: 1 error occurred:\n\t* 203.0.113.1: rpc error: code = DeadlineExceeded desc = context deadline exceeded\n\n\n',
    );
    const { now } = rehearsal.room;
    expect(await rehearsal.world.apiServerAt(first.id, now)).toEqual({
      refused: 'Connection refused',
    });
  });

  it('keeps a deleted machine as a dead member, which keeps a new one out until it is removed', async () => {
    const { rehearsal, cp, controlPlane } = await bootstrapped(3);
    const [first, third] = [cp(1), cp(3)];
    rehearsal.room.remove(third.id);
    rehearsal.room.put('demo-cp-4', controlPlane, {
      id: 9,
      publicIpv4: '203.0.113.9',
      privateIps: [{ networkId: 1, ip: '10.0.1.9' }],
    });
    rehearsal.pass(300);
    expect(await membersAt(rehearsal, first)).toHaveLength(3);

    const id = await memberId(rehearsal, first, 'demo-cp-3');
    expect((await rehearsal.at(first, 'etcd', 'remove-member', id)).exitCode).toBe(0);
    rehearsal.pass(60);
    expect(await membersAt(rehearsal, first)).toEqual([
      'demo-cp-1 false',
      'demo-cp-2 false',
      'demo-cp-4 false',
    ]);
  });

  it('lets a machine in that bears the name of a dead member, which Talos takes out itself', async () => {
    const { rehearsal, cp, controlPlane } = await bootstrapped(3);
    const [first, third] = [cp(1), cp(3)];
    rehearsal.room.remove(third.id);
    rehearsal.room.put('demo-cp-3', controlPlane, { id: 9, publicIpv4: '203.0.113.9' });
    rehearsal.pass(300);
    expect(await membersAt(rehearsal, first)).toEqual([
      'demo-cp-1 false',
      'demo-cp-2 false',
      'demo-cp-3 false',
    ]);
  });

  it('lets nobody in at the address of another member', async () => {
    const { rehearsal, cp, controlPlane } = await bootstrapped(3);
    const [first, third] = [cp(1), cp(3)];
    rehearsal.room.remove(third.id);
    const { privateIps } = third;
    rehearsal.room.put('demo-cp-4', controlPlane, { id: 9, publicIpv4: '203.0.113.9', privateIps });
    rehearsal.pass(300);
    expect(await membersAt(rehearsal, first)).toContain('demo-cp-3 false');
    const id = await memberId(rehearsal, first, 'demo-cp-3');
    await rehearsal.at(first, 'etcd', 'remove-member', id);
    rehearsal.pass(60);
    expect(await membersAt(rehearsal, first)).toContain('demo-cp-4 false');
  });

  it('is found by the new holder of the endpoint address with discovery only', async () => {
    const joined = async (enabled: boolean): Promise<string[]> => {
      const { rehearsal, cp, controlPlane } = await bootstrapped(3);
      rehearsal.write('cp.yaml', controlPlane);
      rehearsal.write('discovery.yaml', `cluster: { discovery: { enabled: ${String(enabled)} } }`);
      const patch = ['machineconfig', 'patch', 'cp.yaml', '-p', '@discovery.yaml'];
      const { stdout } = await rehearsal.talosctl(...patch);
      const { id, name, privateIps } = cp(1);
      rehearsal.room.remove(id);
      rehearsal.room.put(name, stdout, { id: 9, publicIpv4: '203.0.113.9', privateIps });
      rehearsal.pass(300);
      return membersAt(rehearsal, nth(rehearsal.room.list, 1));
    };
    // In both cases the dead member stands first, and a new one stands last.
    expect((await joined(true)).at(-1)).toBe('demo-cp-1 false');
    expect((await joined(false)).at(0)).toBe('demo-cp-1 false');
  });

  it('refuses to remove what its quorum rests on', async () => {
    const { rehearsal, cp } = await bootstrapped(3);
    const [first, second, third] = [cp(1), cp(2), cp(3)];
    rehearsal.room.change(third.id, { poweredOnAt: undefined });
    rehearsal.pass(5);
    const id = await memberId(rehearsal, first, second.name);
    const { stderr } = await rehearsal.at(first, 'etcd', 'remove-member', id);
    expect(stderr).toContain('etcdserver: unhealthy cluster');
  });

  it('gives a snapshot whose size ends in a checksum', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const { stdout } = await rehearsal.at(cp(1), 'etcd', 'snapshot', 'db.snapshot');
    const size = Number(/\((\d+) bytes\)/.exec(stdout)?.[1]);
    expect(size % 512).toBe(32);
    expect(stdout).toContain('etcd snapshot saved to "db.snapshot"');
  });
});

describe('reset', () => {
  it('takes the member out of etcd, stops the services and then switches the machine off', async () => {
    const { rehearsal, cp } = await bootstrapped(3);
    const [first, third] = [cp(1), cp(3)];
    const { exitCode, stderr } = await rehearsal.at(third, 'reset');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('"203.0.113.3": events check condition met');
    expect(await membersAt(rehearsal, first)).toHaveLength(2);
    const machine = (): Machine | undefined =>
      rehearsal.room.list.find(({ id }) => id === third.id);
    expect(machine()?.poweredOnAt).toBeDefined();
    rehearsal.pass(20);
    expect(machine()?.poweredOnAt).toBeUndefined();
    expect(rehearsal.kubernetes.alive.get('demo-cp-3')).toBe(false);
  });

  it('of the last member fails when graceful and succeeds when not', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const graceful = await rehearsal.at(cp(1), 'reset');
    expect(graceful.exitCode).toBe(1);
    expect(graceful.stderr).toContain(
      'etcdserver: re-configuration failed due to not enough started members',
    );
    const forced = await rehearsal.at(cp(1), 'reset', '--graceful=false');
    expect(forced.exitCode).toBe(0);
  });

  it('can hang for the client although the node does what it was told', async () => {
    const { rehearsal, cp } = await bootstrapped(3);
    rehearsal.world.setFault({ kind: 'reset-hangs' });
    let isDone = false;
    void rehearsal.at(cp(3), 'reset').then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await membersAt(rehearsal, cp(1))).toHaveLength(2);
    expect(isDone).toBe(false);
  });

  it('keeps what no partition label names', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const flags = ['--graceful=false', '--reboot', '--system-labels-to-wipe', 'EPHEMERAL'];
    expect((await rehearsal.at(cp(1), 'reset', ...flags)).exitCode).toBe(0);
    rehearsal.pass(60);
    const again = await rehearsal.at(cp(1), 'bootstrap');
    expect(again.exitCode).toBe(0);
  });
});

describe('faults', () => {
  it('keep calls from reaching a node as often as they say', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    rehearsal.world.setFault({ kind: 'unavailable', method: 'EtcdMembers', times: 2 });
    const codes: number[] = [];
    for (let n = 0; n < 3; n++) {
      codes.push((await rehearsal.at(cp(1), 'etcd', 'members')).exitCode);
    }
    expect(codes).toEqual([1, 1, 0]);
  });

  it('can cut an answer off, which a snapshot notices', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    rehearsal.world.setFault({ kind: 'truncated', method: 'EtcdSnapshot' });
    const { stderr, exitCode } = await rehearsal.at(cp(1), 'etcd', 'snapshot', 'db.snapshot');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('sha256 checksum not found');
  });

  it('can lose the answer to a call that had its effect', async () => {
    const rehearsal = new Rehearsal();
    const { controlPlane } = await rehearsal.generate('main');
    const machine = rehearsal.room.put('a', controlPlane);
    rehearsal.pass(50);
    rehearsal.world.setFault({ kind: 'answer-lost', method: 'Bootstrap' });
    expect((await rehearsal.at(machine, 'bootstrap')).stderr).toContain('code = Unavailable');
    rehearsal.pass(15);
    expect((await rehearsal.at(machine, 'bootstrap')).stderr).toContain('code = AlreadyExists');
  });
});
