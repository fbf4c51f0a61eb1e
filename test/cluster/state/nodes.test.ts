import { describe, expect, test } from 'vitest';
import {
  nodeOfServer,
  nodesOfServer,
  nodesWithoutServer,
  serverAndNode,
} from '../../../src/cluster/state/nodes.js';
import { existingServer, nodeFor } from '../fixtures.js';

const server = existingServer('worker', 'web', 2, { id: 42, privateIp: '10.0.1.2' });
const other = existingServer('worker', 'web', 3, { id: 43, privateIp: '10.0.1.3' });

describe('the node of a server', () => {
  test('is the one with its private address, whatever it is called', () => {
    const node = nodeFor(server, { name: 'anything' });
    expect(nodeOfServer([nodeFor(other), node], server)).toBe(node);
    expect(nodeOfServer([nodeFor(other, { name: server.name })], server)).toBeUndefined();
  });

  test('is told by the provider id where there is one: an address passes to another server', () => {
    const ours = nodeFor(server, { internalIp: '10.0.1.9', providerId: 'hcloud://42' });
    const gone = nodeFor(server, { name: 'old', providerId: 'hcloud://7' });
    expect(nodesOfServer([gone, ours], server)).toEqual([ours]);
    expect(nodesWithoutServer([gone, ours], [server])).toEqual([gone]);
  });

  test('is told by the address where another provider has set its own id', () => {
    const node = nodeFor(server, { providerId: 'talos://hcloud/10.0.1.2' });
    expect(nodeOfServer([node], server)).toBe(node);
  });

  test('is none for a server without a private address, nor for a node without one', () => {
    const loose = { ...server, privateIp: undefined };
    expect(nodeOfServer([nodeFor(server, { internalIp: undefined })], loose)).toBeUndefined();
  });

  test('that lives comes first', () => {
    const stale = nodeFor(server, { name: 'before', ready: false });
    const living = nodeFor(server, { name: 'after' });
    expect(nodesOfServer([stale, living], server)).toEqual([living, stale]);
    const resetting = { ...living, ready: false, unschedulable: true };
    expect(nodesOfServer([stale, resetting], server)).toEqual([resetting, stale]);
  });

  test('is named beside its server only where both differ', () => {
    expect(serverAndNode(server, nodeFor(server))).toBe('demo-web-2');
    expect(serverAndNode(server, nodeFor(server, { name: 'x' }))).toBe('demo-web-2 (node x)');
    expect(serverAndNode(server)).toBe('demo-web-2');
  });
});
