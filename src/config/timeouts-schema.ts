import { z } from 'zod';
import { duration } from './fields.js';

/** How long each kind of wait may take; milliseconds once it is read. */
export const timeouts = z
  .strictObject({
    hetzner: duration.prefault('15m').meta({
      description: 'An action of Hetzner: making, attaching, starting or deleting a server.',
    }),
    release: duration.prefault('2m').meta({
      description: 'Until Hetzner frees what a deleted server used: firewall, addresses, volumes.',
    }),
    talos: duration.prefault('10m').meta({
      description: 'The first boot of a control plane, until its Talos API answers.',
    }),
    bootstrap: duration.prefault('10m').meta({
      description: 'The bootstrap of etcd.',
    }),
    etcd: duration.prefault('10m').meta({
      description: 'Until a new control plane is a voting member of etcd.',
    }),
    kubernetes: duration.prefault('10m').meta({
      description: 'Until the Kubernetes API is ready.',
    }),
    cilium: duration.prefault('15m').meta({
      description: "Until Cilium's agents run on the nodes that are there.",
    }),
    nodes: duration.prefault('15m').meta({
      description: 'Until all nodes are Ready.',
    }),
    addons: duration.prefault('10m').meta({
      description: 'Until all addons work.',
    }),
    drain: duration.prefault('10m').meta({
      description:
        'Until the pods of a node that is removed have gone; `--timeout` goes before it.',
    }),
    reset: duration.prefault('5m').meta({
      description: 'Until a node that is removed has switched itself off, and until it is gone.',
    }),
  })
  .prefault({})
  .meta({
    description:
      'How long oxide waits, as `90s`, `10m` or `1h`. After a timeout the same command waits on.',
  });
