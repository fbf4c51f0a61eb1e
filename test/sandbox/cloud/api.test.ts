import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Cloud } from '../../../src/sandbox/cloud/cloud.js';
import { createRandom } from '../../../src/sandbox/simulation.js';
import {
  idOf,
  Driver,
  plainNetwork,
  plainServer,
  publicKey,
  startTime,
  token,
  type Json,
} from './driver.js';

const names = (body: Json, key: string): unknown =>
  (body[key] as unknown as { name: string }[]).map(({ name }) => name);

describe('access to the API', () => {
  it.each([
    ['no token', '/servers', '', 401, 'token is required'],
    ['a wrong token', '/servers', 'Bearer wrong', 401, 'the token you have provided is invalid'],
    ['an unknown path', '/clusters', '', 404, 'api route not found'],
  ])('is refused with %s', (_what, path, authorization, status, message) => {
    const answer = new Driver().send('GET', path, undefined, authorization);
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toMatchObject({ message });
    expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f]+$/);
  });

  it('is refused with a body that is no JSON, or a method that does not exist', () => {
    expect(new Driver().outcome('POST', '/servers', '{')).toBe('422 json_error');
    expect(new Driver().outcome('PUT', '/servers')).toBe('405 method_not_allowed');
  });

  it('names every field that is wrong', () => {
    const answer = new Driver().send('POST', '/networks', { name: '', ip_range: 1, colour: 'red' });
    expect(answer.body['error']).toMatchObject({
      code: 'invalid_input',
      message: "invalid input in fields 'name', 'ip_range', 'colour'",
    });
  });

  it('has a budget of 3600 requests, refilled by one a second', () => {
    const driver = new Driver();
    driver.cloud.drainRateLimit(driver.now, 1);
    expect(driver.send('GET', '/locations').headers).toMatchObject({
      'ratelimit-limit': '3600',
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(startTime / 1000 + 3600),
    });
    expect(driver.outcome('GET', '/locations')).toBe('429 rate_limit_exceeded');
    driver.pass(1);
    expect(driver.outcome('GET', '/locations')).toBe('200');
  });
});

describe('lists', () => {
  it('come in pages', () => {
    const driver = new Driver();
    for (let n = 1; n <= 5; n++) {
      driver.post('/placement_groups', { name: `g${n}`, type: 'spread' });
    }
    const second = driver.send('GET', '/placement_groups?per_page=2&page=2&sort=name:desc');
    expect(names(second.body, 'placement_groups')).toEqual(['g3', 'g2']);
    expect(second.body['meta']).toEqual({
      pagination: {
        page: 2,
        per_page: 2,
        previous_page: 1,
        next_page: 3,
        last_page: 3,
        total_entries: 5,
      },
    });
    expect(second.headers['link']).toContain('page=3&sort=name%3Adesc>; rel="next"');
    expect(driver.outcome('GET', '/placement_groups?per_page=51')).toBe('422 invalid_input');
    expect(driver.outcome('GET', '/placement_groups?sort=colour')).toBe('422 invalid_input');
  });

  it.each([
    ['role', ['a', 'b']],
    ['!role', ['c']],
    ['role=worker', ['a']],
    ['role==worker,pool=x', ['a']],
    ['role!=worker', ['b', 'c']],
    ['role in (worker, control-plane)', ['a', 'b']],
    ['role notin (worker)', ['b', 'c']],
    ['empty=', ['c']],
  ])('follow the label selector %s', (selector, expected) => {
    const driver = new Driver();
    const add = (name: string, labels: object): unknown =>
      driver.post('/placement_groups', { name, type: 'spread', labels });
    add('a', { role: 'worker', pool: 'x' });
    add('b', { role: 'control-plane' });
    add('c', { empty: '' });
    const query = new URLSearchParams({ label_selector: selector }).toString();
    expect(names(driver.get(`/placement_groups?${query}`), 'placement_groups')).toEqual(expected);
  });

  it.each(['a b', 'a in worker', '=x', 'a=b=c', 'a=x/y'])(
    'refuse the label selector %s',
    (selector) => {
      const query = new URLSearchParams({ label_selector: selector }).toString();
      expect(new Driver().outcome('GET', `/servers?${query}`)).toBe('422 invalid_input');
    },
  );
});

describe('actions', () => {
  it('are asked for by id, and unknown ids are left out', () => {
    const driver = new Driver();
    const answer = driver.post('/servers', plainServer('a'));
    const ids = [idOf(answer, 'action'), 1];
    const query = ids.map((id) => `id=${id}`).join('&');
    expect(driver.get(`/actions?${query}`)['actions']).toMatchObject([
      { id: ids[0], status: 'running', progress: 0, finished: null },
    ]);
    expect(driver.outcome('GET', '/actions')).toBe('410 deprecated_api_endpoint');
    expect(driver.outcome('GET', '/actions/1')).toBe('404 not_found');
  });

  it('fail together with the one they wait for', () => {
    const driver = new Driver();
    const answer = driver.post('/servers', plainServer('a'));
    const failure = { code: 'action_failed', message: 'no host found' };
    driver.cloud.failActions([idOf(answer, 'action')], failure);
    driver.rest();
    const actions = driver.get(`/servers/${idOf(answer, 'server')}/actions`)['actions'];
    expect(actions).toMatchObject([
      { command: 'create_server', status: 'error', error: failure },
      { command: 'start_server', status: 'error', error: failure },
    ]);
    expect(driver.cloud.machines()[0]?.poweredOnAt).toBeUndefined();
  });

  it('end each at its own time, however late somebody looks', () => {
    const driver = new Driver();
    const id = idOf(driver.post('/servers', plainServer('a')), 'server');
    driver.pass(3600);
    expect(driver.cloud.machines()[0]?.poweredOnAt).toBe(startTime + 28_000);
    const actions = driver.get(`/servers/${id}/actions`)['actions'];
    expect(actions).toMatchObject([
      { finished: '2026-11-23T12:00:20Z' },
      { finished: '2026-11-23T12:00:28Z' },
    ]);
  });
});

describe('resources', () => {
  it('identify SSH keys by the MD5 of their wire format', () => {
    const driver = new Driver();
    const wire = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
    const md5 = createHash('md5').update(wire).digest('hex');
    const key = driver.post('/ssh_keys', { name: 'a', public_key: publicKey })['ssh_key'];
    expect(String(key?.['fingerprint']).replaceAll(':', '')).toBe(md5);
    const again = driver.send('POST', '/ssh_keys', { name: 'b', public_key: publicKey });
    expect(again.body['error']).toMatchObject({
      code: 'uniqueness_error',
      message: 'SSH key with the same fingerprint already exists',
      details: { fields: [{ name: 'public_key' }] },
    });
    expect(driver.outcome('POST', '/ssh_keys', { name: 'c', public_key: 'ssh-rsa AAAA' })).toBe(
      '422 invalid_input',
    );
  });

  it('replace all labels at once, and keep them when none are sent', () => {
    const driver = new Driver();
    const order = { ...plainNetwork(), labels: { a: '1', b: '2' } };
    const id = idOf(driver.post('/networks', order), 'network');
    driver.send('PUT', `/networks/${id}`, { name: 'renamed' });
    expect(driver.get(`/networks/${id}`)['network']).toMatchObject({ labels: { a: '1', b: '2' } });
    driver.send('PUT', `/networks/${id}`, { labels: { c: '3' } });
    expect(driver.get(`/networks/${id}`)['network']?.['labels']).toEqual({ c: '3' });
  });

  it('find a Talos snapshot that is there already', () => {
    const { cloud } = new Driver();
    const wish = { talosVersion: 'v1.13.9', architecture: 'x86' } as const;
    expect(cloud.ensureSnapshot({ ...wish, id: 42 })).toBe(42);
    expect(cloud.ensureSnapshot(wish)).toBe(42);
    expect(cloud.ensureSnapshot({ ...wish, architecture: 'arm' })).not.toBe(42);
  });

  it('keep a volume that is attached', () => {
    const driver = new Driver();
    const server = idOf(driver.post('/servers', plainServer('a')), 'server');
    driver.rest();
    const volume = idOf(driver.post('/volumes', { name: 'v', size: 10, server }), 'volume');
    driver.rest();
    expect(driver.outcome('DELETE', `/volumes/${volume}`)).toBe('422 volume_already_attached');
    driver.send('DELETE', `/servers/${server}`);
    driver.rest();
    expect(driver.outcome('DELETE', `/volumes/${volume}`)).toBe('204');
  });
});

describe('a saved cloud', () => {
  it('goes on where it was, running actions and budget included', () => {
    const driver = new Driver();
    const id = idOf(driver.post('/servers', plainServer('a')), 'server');
    driver.pass(10);
    const saved: unknown = JSON.parse(JSON.stringify(driver.cloud));
    const cloud = new Cloud({ random: createRandom(2), now: driver.now, token, saved });
    expect(cloud.nextDue()).toBe(startTime + 20_000);
    cloud.advance(startTime + 30_000);
    expect(cloud.machines()).toMatchObject([{ id, poweredOnAt: startTime + 28_000 }]);
    expect(JSON.stringify(saved)).toBe(JSON.stringify(driver.cloud));
  });
});
