import { durationOf } from '../timings.js';
import type { Effect } from './action-records.js';
import type { Project } from './project.js';
import { releaseAddresses } from './public-addresses.js';
import type { ServerRecord } from './records.js';
import {
  bootServer,
  dropFirewall,
  dropPrivateNet,
  failCreation,
  finishCreation,
  releaseServer,
  switchOff,
  writeDisk,
} from './server-changes.js';

type Kind = Effect['kind'];
type Of<K extends Kind> = Extract<Effect, { kind: K }>;
type Handlers = { readonly [K in Kind]?: (project: Project, effect: Of<K>) => void };

/** What a successful action makes true. */
const successes: Required<Handlers> = {
  'server-created': (project, { server }) => {
    withServer(project, server, finishCreation);
  },
  'server-started': (project, { server }) => {
    withServer(project, server, (found) => {
      if (found.poweredOnAt === null) bootServer(found, project.now);
    });
  },
  'rescue-enabled': (project, { server, sshKeys }) => {
    withServer(project, server, (found) => {
      found.rescueNext = { sshKeys, until: project.now + durationOf('rescueLapse') };
    });
  },
  'server-stopped': (project, { server }) => {
    withServer(project, server, switchOff);
  },
  'server-restarted': (project, { server }) => {
    withServer(project, server, (found) => {
      bootServer(found, project.now);
    });
  },
  'server-rebuilt': (project, { server, image, userData }) => {
    withServer(project, server, (found) => {
      writeDisk(project, found, { image, userData });
    });
  },
  'server-type-changed': (project, { server, serverType, diskGb }) => {
    withServer(project, server, (found) => {
      Object.assign(found, { serverType, diskGb });
      bootServer(found, project.now);
    });
  },
  'server-deleted': (project, { server }) => {
    withServer(project, server, (found) => {
      releaseServer(project, found);
    });
  },
  'server-attached': (project, { server, network }) => {
    withServer(project, server, ({ privateNets }) => {
      for (const net of privateNets) if (net.network === network) net.attached = true;
    });
  },
  'server-detached': (project, { server, network }) => {
    withServer(project, server, (found) => {
      dropPrivateNet(found, network);
    });
  },
  'image-created': (project, { image: id, sizeGb }) => {
    const image = project.images.find(id);
    if (!image || image.stalled) return;
    image.status = 'available';
    image.imageSize = sizeGb;
  },
  'subnet-added': (project, { network, ipRange }) => {
    const subnets = project.networks.find(network)?.subnets ?? [];
    for (const subnet of subnets) if (subnet.ipRange === ipRange) subnet.usable = true;
  },
  'firewall-applied': (project, { server, firewall }) => {
    withServer(project, server, ({ firewalls }) => {
      for (const entry of firewalls) {
        if (entry.firewall === firewall && !entry.bySelector) entry.applied = true;
      }
    });
  },
  'firewall-removed': (project, { server, firewall }) => {
    withServer(project, server, (found) => {
      dropFirewall(found, firewall);
    });
  },
  'volume-ready': (project, { volume: id }) => {
    const volume = project.volumes.find(id);
    if (volume) volume.status = 'available';
  },
  'certificate-issued': (project, { certificate }) => {
    settleIssuance(project, certificate, 'completed');
  },
  'load-balancer-attached': (project, { loadBalancer }) => {
    const privateNet = project.loadBalancers.find(loadBalancer)?.privateNet;
    if (privateNet) privateNet.attached = true;
  },
  'load-balancer-deleted': (project, { loadBalancer }) => {
    releaseAddresses(project, loadBalancer);
    project.loadBalancers.remove(loadBalancer);
  },
};

/** What a failed action takes back; a server's own failed actions leave it as it was before them. */
const failures: Handlers = {
  'server-created': (project, { server }) => {
    withServer(project, server, failCreation);
  },
  'server-started': settleStatus,
  'server-stopped': settleStatus,
  'server-rebuilt': settleStatus,
  'server-type-changed': settleStatus,
  'server-deleted': settleStatus,
  'server-attached': (project, { server, network }) => {
    withServer(project, server, (found) => {
      dropPrivateNet(found, network);
    });
  },
  'image-created': (project, { image }) => {
    project.images.remove(image);
  },
  'subnet-added': (project, { network, ipRange }) => {
    const found = project.networks.find(network);
    if (found) found.subnets = found.subnets.filter((subnet) => subnet.ipRange !== ipRange);
  },
  'firewall-applied': (project, { server, firewall }) => {
    withServer(project, server, (found) => {
      dropFirewall(found, firewall);
    });
  },
  'volume-ready': (project, { volume }) => {
    project.volumes.remove(volume);
  },
  'certificate-issued': (project, { certificate }) => {
    settleIssuance(project, certificate, 'failed');
  },
  'load-balancer-attached': (project, { loadBalancer }) => {
    const found = project.loadBalancers.find(loadBalancer);
    if (found) found.privateNet = null;
  },
};

/** Makes true what an action stands for, or takes back what it had reserved. */
export function applyEffect(project: Project, effect: Effect, succeeded: boolean): void {
  const handlers: Handlers = succeeded ? successes : failures;
  // The handler found under a kind takes effects of that kind.
  const handler = handlers[effect.kind] as ((project: Project, effect: Effect) => void) | undefined;
  handler?.(project, effect);
}

/** What was deleted meanwhile is left alone. */
function withServer(project: Project, id: number, change: (server: ServerRecord) => void): void {
  const server = project.servers.find(id);
  if (server) change(server);
}

function settleStatus(project: Project, { server }: { readonly server: number }): void {
  withServer(project, server, (found) => {
    found.status = found.poweredOnAt === null ? 'off' : 'running';
  });
}

function settleIssuance(project: Project, id: number, issuance: 'completed' | 'failed'): void {
  const certificate = project.certificates.find(id);
  if (certificate) certificate.issuance = issuance;
}
