import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/sandbox/machines.js';
import { bootstrapped, Rehearsal } from './rehearsal.js';

/*
 * The texts are those of Talos 1.13.9 (services/etcd.go, service_runner.go, runner/containerd,
 * runner/restart), laid out as the real talosctl 1.13.9 prints them.
 */

/** The state, and the events with the newest first, without their times. */
async function etcdOf(rehearsal: Rehearsal, machine: Machine) {
  const { stdout } = await rehearsal.at(machine, 'service', 'etcd');
  const at = stdout.indexOf('EVENTS');
  const events = stdout
    .slice(at)
    .replace(/^EVENTS/, '')
    .replaceAll(/\n\s+(?!\[)/g, '\n\t')
    .split(/^\s*(?=\[)/m)
    .map((event) => event.trim().replace(/ \(\w+ ago\)$/, ''))
    .filter((event) => event !== '');
  return {
    state: /^STATE\s+(\w+)/m.exec(stdout)?.[1],
    health: /^HEALTH\s+(\S+)/m.exec(stdout)?.[1],
    message: /^LAST HEALTH MESSAGE\s+(.+)/m.exec(stdout)?.[1],
    events,
  };
}

const data = async (rehearsal: Rehearsal, machine: Machine): Promise<string[] | string> => {
  const { stdout, stderr } = await rehearsal.at(machine, 'list', '/var/lib/etcd');
  return stderr === ''
    ? stdout
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ +/)[1] ?? '')
    : stderr;
};

const waiting =
  '[Waiting]: Waiting for volumes /var/lib, ETCD to be mounted, service "cri" to be "up", time sync, network, etcd spec';
const begun = [waiting, '[Starting]: Starting service'];
const preparing = ['[Preparing]: Running pre state', ...begun];
const image = 'registry.k8s.io/etcd:v3.6.12';
const missing =
  '1 error occurred:\n rpc error: code = Unknown desc = lstat /var/lib/etcd: no such file or directory\n';

/** A control plane that nobody has bootstrapped, at the moment at which Talos is up. */
async function fresh(): Promise<{ rehearsal: Rehearsal; machine: Machine; config: string }> {
  const rehearsal = new Rehearsal();
  const { controlPlane: config } = await rehearsal.generate('main');
  const machine = rehearsal.room.put('a', config);
  rehearsal.pass(45);
  return { rehearsal, machine, config };
}

describe('etcd that nobody bootstraps', () => {
  it('waits for its conditions, and has no folder before its volume is there', async () => {
    const { rehearsal, machine } = await fresh();
    expect(await etcdOf(rehearsal, machine)).toEqual({
      state: 'Waiting',
      health: '?',
      message: undefined,
      events: begun,
    });
    expect(await data(rehearsal, machine)).toBe(missing);
    expect((await rehearsal.at(machine, 'bootstrap')).stderr).toContain(
      'code = FailedPrecondition desc = bootstrap is not available yet',
    );
  });

  it('prepares for thirty minutes with an empty folder, and then fails', async () => {
    const { rehearsal, machine } = await fresh();
    rehearsal.pass(29 * 60);
    expect(await etcdOf(rehearsal, machine)).toMatchObject({
      state: 'Preparing',
      events: preparing,
    });
    expect(await data(rehearsal, machine)).toEqual(['.']);
    rehearsal.pass(2 * 60);
    const failed =
      '[Failed]: Failed to run pre stage: failed to build initial etcd cluster: failed to build cluster arguments: 1 error(s) occurred:\n\ttimeout';
    expect(await etcdOf(rehearsal, machine)).toMatchObject({
      state: 'Failed',
      health: '?',
      events: [failed, ...preparing],
    });
    expect(await data(rehearsal, machine)).toEqual(['.']);
  });

  it('reboots its node when that has not come up in seventy minutes, and waits anew', async () => {
    const { rehearsal, machine } = await fresh();
    rehearsal.pass(70 * 60 + 20);
    expect((await rehearsal.at(machine, 'service')).stderr).toContain('connection refused');
    rehearsal.pass(60);
    expect(await etcdOf(rehearsal, machine)).toMatchObject({
      state: 'Preparing',
      events: preparing,
    });
    expect(await data(rehearsal, machine)).toEqual(['.']);
  });

  it('can be bootstrapped after it failed, and keeps no event of before', async () => {
    const { rehearsal, machine } = await fresh();
    rehearsal.pass(40 * 60);
    expect((await rehearsal.at(machine, 'bootstrap')).exitCode).toBe(0);
    expect((await etcdOf(rehearsal, machine)).events).toEqual(begun);
    rehearsal.pass(20);
    expect(await etcdOf(rehearsal, machine)).toMatchObject({ state: 'Running', health: 'OK' });
    expect(await data(rehearsal, machine)).toEqual(['.', 'member']);
    rehearsal.pass(90 * 60);
    expect(await etcdOf(rehearsal, machine)).toMatchObject({ state: 'Running', health: 'OK' });
  });
});

describe('etcd whose image is not there', () => {
  const failed = `[Failed]: Failed to run pre stage: failed to pull image "${image}": 1 error(s) occurred:\n\tfailed to pull image "${image}": failed to resolve reference "${image}": ${image}: not found`;

  it('fails after six tries, and can be bootstrapped all the same', async () => {
    const { rehearsal, machine } = await fresh();
    rehearsal.world.setFault({ kind: 'etcd-image-missing', machine: 'a', times: 2 });
    rehearsal.pass(200);
    expect(await etcdOf(rehearsal, machine)).toMatchObject({
      state: 'Failed',
      events: [failed, ...preparing],
    });
    expect((await rehearsal.at(machine, 'bootstrap')).exitCode).toBe(0);
    rehearsal.pass(200);
    expect(await etcdOf(rehearsal, machine)).toMatchObject({ state: 'Failed' });
    expect(await data(rehearsal, machine)).toEqual(['.']);
    expect(rehearsal.world.clusters()).toHaveLength(0);
    expect((await rehearsal.at(machine, 'bootstrap')).exitCode).toBe(0);
    rehearsal.pass(30);
    expect(await etcdOf(rehearsal, machine)).toMatchObject({ state: 'Running' });
    expect(rehearsal.world.clusters()).toHaveLength(1);
  });

  it('fails on a member with data just so', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    rehearsal.world.setFault({ kind: 'etcd-image-missing', machine: 'demo-cp-1' });
    await rehearsal.at(cp(1), 'reboot', '--wait=false');
    rehearsal.pass(240);
    expect((await etcdOf(rehearsal, cp(1))).state).toBe('Failed');
    expect(await data(rehearsal, cp(1))).toEqual(['.', 'member']);
    expect((await rehearsal.at(cp(1), 'bootstrap')).stderr).toContain('code = AlreadyExists');
  });
});

describe('etcd that runs', () => {
  const started = '[Running]: Started task etcd (PID 2011) for container etcd';
  const created = ['[Preparing]: Creating service runner', ...preparing];

  it('says since when, and how it is', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    expect(await etcdOf(rehearsal, cp(1))).toEqual({
      state: 'Running',
      health: 'OK',
      message: undefined,
      events: ['[Running]: Health check successful', started, ...created],
    });
  });

  it('has not been checked in its first seconds', async () => {
    const { rehearsal, machine } = await fresh();
    rehearsal.pass(5);
    await rehearsal.at(machine, 'bootstrap');
    rehearsal.pass(12);
    expect(await etcdOf(rehearsal, machine)).toMatchObject({
      state: 'Running',
      health: '?',
      message: 'Unknown',
    });
  });

  it('is not healthy as a learner, nor without the others', async () => {
    const { rehearsal, cp, controlPlane } = await bootstrapped(2);
    const third = rehearsal.room.put('demo-cp-3', controlPlane);
    rehearsal.pass(60);
    expect(await etcdOf(rehearsal, third)).toMatchObject({
      state: 'Running',
      health: 'Fail',
      message: 'etcdserver: rpc not supported for learner',
    });
    expect(await data(rehearsal, third)).toEqual(['.', 'member']);
    rehearsal.pass(30);
    expect(await etcdOf(rehearsal, third)).toMatchObject({ health: 'OK' });
    rehearsal.room.change(cp(1).id, { poweredOnAt: undefined });
    rehearsal.room.change(cp(2).id, { poweredOnAt: undefined });
    rehearsal.pass(5);
    const { health, events } = await etcdOf(rehearsal, third);
    expect(health).toBe('Fail');
    expect(events[0]).toBe('[Running]: Health check failed: context deadline exceeded');
  });

  it('is started again when it ends with an error', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    rehearsal.world.setFault({ kind: 'etcd-crash', machine: 'demo-cp-1' });
    rehearsal.pass(1);
    expect(await etcdOf(rehearsal, cp(1))).toMatchObject({
      state: 'Waiting',
      health: 'Fail',
      message: 'service not running',
    });
    expect((await etcdOf(rehearsal, cp(1))).events[0]).toBe(
      '[Waiting]: Error running Containerd(etcd), going to restart forever: task "etcd" failed: exit code 1 (last log "")',
    );
    expect((await rehearsal.at(cp(1), 'etcd', 'status')).stderr).toContain('connection refused');
    expect(await data(rehearsal, cp(1))).toEqual(['.', 'member']);
    rehearsal.pass(15);
    expect(await etcdOf(rehearsal, cp(1))).toMatchObject({ state: 'Running', health: 'OK' });
  });

  it('is finished, and its data gone, when it has left, until its node is rebooted', async () => {
    const { rehearsal, cp } = await bootstrapped(3);
    await rehearsal.at(cp(3), 'etcd', 'leave');
    rehearsal.pass(120);
    const { state, events } = await etcdOf(rehearsal, cp(3));
    expect(state).toBe('Finished');
    expect(events.slice(0, 2)).toEqual([
      '[Finished]: Service finished successfully',
      '[Stopping]: Sending SIGTERM to task etcd (PID 2031, container etcd)',
    ]);
    expect(await data(rehearsal, cp(3))).toBe(missing);
    await rehearsal.at(cp(3), 'reboot', '--wait=false');
    rehearsal.pass(120);
    expect(await etcdOf(rehearsal, cp(3))).toMatchObject({ state: 'Running', health: 'OK' });
  });

  it('lasts over a save and a load', async () => {
    const { rehearsal, cp } = await bootstrapped(3);
    const before = await etcdOf(rehearsal, cp(2));
    rehearsal.reload();
    expect(await etcdOf(rehearsal, cp(2))).toEqual(before);
  });

  it('is not there on a worker', async () => {
    const { rehearsal, worker } = await bootstrapped(1);
    const machine = rehearsal.room.put('demo-web-1', worker);
    rehearsal.pass(60);
    const { stderr } = await rehearsal.at(machine, 'service', 'etcd');
    expect(stderr).toBe('service "etcd" is not registered on any nodes\n');
    expect(await data(rehearsal, machine)).toBe(missing);
  });
});

describe('talosctl list', () => {
  it('prints names only from 1.14 on', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    expect((await rehearsal.at(cp(1), 'list', '/var/lib/etcd')).stdout).toBe(
      'NODE          NAME\n203.0.113.1   .\n203.0.113.1   member\n',
    );
    rehearsal.version = 'v1.14.0';
    expect((await rehearsal.at(cp(1), 'ls', '/var/lib/etcd/')).stdout).toBe('.\nmember\n');
  });

  it('says that other folders are not simulated', async () => {
    const { rehearsal, cp } = await bootstrapped(1);
    const { stderr, exitCode } = await rehearsal.at(cp(1), 'list', '/');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the sandbox has no files but those in /var/lib/etcd');
  });
});

describe('a message of several lines in the list of services', () => {
  it('breaks the columns as in the real tool', async () => {
    const { rehearsal, machine } = await fresh();
    rehearsal.pass(31 * 60);
    const { stdout } = await rehearsal.at(machine, 'service');
    expect(stdout).toContain('\n              timeout\n203.0.113.1   kubelet    Running');
  });
});
