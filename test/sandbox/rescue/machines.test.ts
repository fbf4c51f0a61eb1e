import { expect, onTestFinished, test } from 'vitest';
import { plainSchematic } from '../../../src/sandbox/downloads/factory-store.js';
import { openSsh, type SshSession } from '../../../src/tools/ssh.js';
import { createSshKeyPair } from '../../../src/tools/ssh-key.js';
import { emptyProject } from '../../helpers/image-project.js';
import { projectOf } from '../../helpers/project.js';

/** A server that is off, and the ways to it. */
async function aServer() {
  const rehearsal = await emptyProject();
  const { clock, world } = rehearsal;
  const project = projectOf(rehearsal);
  const pair = createSshKeyPair('test');
  const key = await project.make('ssh_keys', { name: 'test', public_key: pair.publicKey });
  const id = await project.make('servers', {
    ...{ name: 'one', server_type: 'cx23', location: 'nbg1', image: 'debian-13' },
    ...{ ssh_keys: [key], start_after_create: false },
  });
  const { nodeProxy: proxy } = rehearsal.run().ctx.endpoints;
  const act = async (action: string, body?: object): Promise<void> => {
    project.call('POST', `/servers/${id}/actions/${action}`, body);
    await clock.sleep(60_000);
    world.settle();
  };
  const connect = async (): Promise<SshSession> => {
    const { privateKey } = pair;
    const { signal } = new AbortController();
    const session = await openSsh({ host: '203.0.113.1', user: 'root', privateKey, proxy, signal });
    onTestFinished(() => {
      session.close();
    });
    return session;
  };
  const rescue = () => act('enable_rescue', { ssh_keys: [key] });
  return { rehearsal, act, connect, rescue, url: proxy ?? '' };
}

test('a system keeps its host key, each rescue system has a new one, and none outlives its power', async () => {
  const { act, connect, rescue } = await aServer();
  const keys: string[] = [];
  const look = async (): Promise<SshSession> => {
    const session = await connect();
    keys.push(session.hostKey);
    return session;
  };
  await act('poweron');
  const session = await look();
  expect((await session.run('lsblk -bnro NAME,TYPE,SIZE,MOUNTPOINT /dev/sda')).stdout).toMatch(
    /^sda disk \d+ \nsda1 part \d+ \/\n$/,
  );
  expect(await session.run('rm -rf /')).toMatchObject({
    ...{ status: 127, stderr: 'bash: line 1: rm: command not found\n' },
  });
  await act('reboot');
  // While it breaks, and when it is known to be broken.
  for (let i = 0; i < 2; i++) {
    await expect(session.run('lsblk')).rejects.toMatchObject({ obstacle: 'unreachable' });
  }
  await look();
  await rescue();
  await act('reset');
  await look();
  await rescue();
  await act('reset');
  await look();
  await act('poweroff');
  await expect(connect()).rejects.toThrow('Connection timed out');
  const [first, second, ...rescues] = keys;
  expect(second).toBe(first);
  expect(new Set([first, ...rescues]).size).toBe(3);
});

test('curl waits as long as it was told, and without a limit until its connection ends', async () => {
  const { rehearsal, act, connect, rescue, url } = await aServer();
  await rescue();
  await act('poweron');
  const { rescueFaults: faults } = rehearsal.world;
  const image = `${url}/image-factory/image/${plainSchematic}/v1.13.9/hcloud-amd64.raw.xz`;
  const session = await connect();
  faults.add({ kind: 'download-stalls', share: 0.1, times: 2 });
  const limited = 'curl -fsSL --speed-limit 10240 --speed-time 30';
  expect(await session.run(`${limited} ${image}`)).toMatchObject({
    status: 28,
    stderr:
      'curl: (28) Operation too slow. Less than 10240 bytes/sec transferred the last 30 seconds\n',
  });
  const endless = session.run(`curl -fsSL ${image}`);
  const ended = expect(endless).rejects.toThrow('the SSH connection broke');
  await act('poweroff');
  await ended;
});

test('curl refuses what it does not know, and goes elsewhere only when it may', async () => {
  const { act, connect, rescue, url } = await aServer();
  await rescue();
  await act('poweron');
  const session = await connect();
  const image = `${url}/image-factory/image/${plainSchematic}/v1.13.9/hcloud-amd64.raw.xz`;
  // curl 7.88.1
  const advice = "curl: try 'curl --help' or 'curl --manual' for more information\n";
  expect(await session.run(`curl --speed-limit fast ${image}`)).toMatchObject({
    status: 2,
    stderr: `curl: option --speed-limit: expected a proper numerical parameter\n${advice}`,
  });
  expect(await session.run(`curl --bogus ${image}`)).toMatchObject({
    ...{ status: 2, stderr: `curl: option --bogus: is unknown\n${advice}` },
  });
  expect(await session.run(`curl -fsS ${image}`)).toEqual({ status: 0, stdout: '', stderr: '' });
});
