import { describe, expect, it } from 'vitest';
import { etcdSubnets, privateSubnets, Rehearsal } from './rehearsal.js';

const noDiscovery = 'cluster: { discovery: { enabled: false } }';

/** A control plane and a worker that know each other by the load balancer at their endpoint only. */
async function behindBalancer(ports: readonly number[], networkId = 1) {
  const rehearsal = new Rehearsal();
  const { controlPlane, worker } = await rehearsal.generate(
    ...['main', '--config-patch', privateSubnets, '--config-patch', noDiscovery],
    ...['--config-patch-control-plane', etcdSubnets],
  );
  const { room } = rehearsal;
  const own = (ip: string) => ({ privateIps: [{ networkId: 1, ip }] });
  const cp = room.put('demo-cp-1', controlPlane, own('10.0.1.8'));
  for (const port of ports) {
    const targets = [{ machineId: cp.id, port }];
    room.balancers.set(`10.0.1.1:${port}`, { networkId, listens: true, targets });
  }
  rehearsal.pass(50);
  await rehearsal.at(cp, 'bootstrap');
  rehearsal.pass(120);
  const node = room.put('demo-web-1', worker, own('10.0.1.9'));
  rehearsal.pass(120);
  const { stderr } = await rehearsal.via(cp, '10.0.1.9', 'version');
  return { isNode: rehearsal.kubernetes.nodes.has(node.name), talos: stderr };
}

describe('a node whose endpoint is a load balancer', () => {
  it('finds Kubernetes there, and no certificate for its own API where 50001 leads nowhere', async () => {
    const { isNode, talos } = await behindBalancer([6443, 50_000]);
    expect(isNode).toBe(true);
    expect(talos).toContain('connection refused');
  });

  it('gets its certificate where 50001 leads to a control plane', async () => {
    expect(await behindBalancer([6443, 50_001])).toEqual({ isNode: true, talos: '' });
  });

  it('finds nothing at one that is in another network', async () => {
    expect(await behindBalancer([6443, 50_001], 2)).toMatchObject({ isNode: false });
  });
});
