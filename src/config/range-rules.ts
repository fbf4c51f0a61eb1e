import { nodeCapacity } from '../cluster/network/node-addresses.js';
import { contains, isPrivateRange, overlap, parseIpv4Range } from '../cluster/network/cidr.js';
import { nodesOf } from './pool-rules.js';
import type { RuleProblem } from './rule-problem.js';
import type { ClusterConfig } from './schema.js';

export function networkRange({ hcloud }: ClusterConfig): readonly RuleProblem[] {
  const range = parseIpv4Range(hcloud.network.cidr);
  const path = ['hcloud', 'network', 'cidr'];
  if (!isPrivateRange(range)) {
    const reason = `${range.text} is not a private range (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)`;
    return [{ path, reason }];
  }
  if (range.prefix <= 24) return [];
  return [{ path, reason: `${range.text} is too small: a Hetzner network is /24 or larger` }];
}

export function subnetInside({ hcloud }: ClusterConfig): readonly RuleProblem[] {
  const { cidr, subnet_cidr } = hcloud.network;
  if (contains(parseIpv4Range(cidr), parseIpv4Range(subnet_cidr))) return [];
  const reason = `${subnet_cidr} is not inside of hcloud.network.cidr, ${cidr}`;
  return [{ path: ['hcloud', 'network', 'subnet_cidr'], reason }];
}

export function noOverlaps({ hcloud, talos }: ClusterConfig): readonly RuleProblem[] {
  const network = parseIpv4Range(hcloud.network.cidr);
  const pods = parseIpv4Range(talos.pod_cidr);
  const services = parseIpv4Range(talos.service_cidr);
  const problems: RuleProblem[] = [];
  if (overlap(pods, network)) {
    const reason = `${pods.text} overlaps hcloud.network.cidr, ${network.text}`;
    problems.push({ path: ['talos', 'pod_cidr'], reason });
  }
  if (overlap(services, network)) {
    const reason = `${services.text} overlaps hcloud.network.cidr, ${network.text}`;
    problems.push({ path: ['talos', 'service_cidr'], reason });
  }
  if (overlap(services, pods)) {
    const reason = `${services.text} overlaps talos.pod_cidr, ${pods.text}`;
    problems.push({ path: ['talos', 'service_cidr'], reason });
  }
  return problems;
}

/** kube-apiserver takes no range above /12; CoreDNS has the tenth address of it. */
export function serviceRange({ talos }: ClusterConfig): readonly RuleProblem[] {
  const { prefix, text } = parseIpv4Range(talos.service_cidr);
  if (prefix >= 12 && prefix <= 28) return [];
  return [{ path: ['talos', 'service_cidr'], reason: `${text} must be between /12 and /28` }];
}

export function podRange(config: ClusterConfig): readonly RuleProblem[] {
  const { prefix, text } = parseIpv4Range(config.talos.pod_cidr);
  const nodes = allNodes(config);
  const holds = prefix > 24 ? 0 : 2 ** (24 - prefix);
  if (holds >= nodes) return [];
  const reason = `${text} holds ${holds} nodes (a /24 each), ${nodes} are planned`;
  return [{ path: ['talos', 'pod_cidr'], reason }];
}

export function subnetCapacity(config: ClusterConfig): readonly RuleProblem[] {
  const { cidr, subnet_cidr } = config.hcloud.network;
  if (!contains(parseIpv4Range(cidr), parseIpv4Range(subnet_cidr))) return [];
  const holds = nodeCapacity({ cidr, subnetCidr: subnet_cidr });
  const nodes = allNodes(config);
  const balancers = config.api.endpoint === 'load_balancer' ? 1 : 0;
  if (holds >= nodes + balancers) return [];
  const also = balancers > 0 ? ' and a load balancer' : '';
  const reason = `${subnet_cidr} holds ${holds} nodes, ${nodes}${also} are planned`;
  return [{ path: ['hcloud', 'network', 'subnet_cidr'], reason }];
}

function allNodes(config: ClusterConfig): number {
  return nodesOf(config.control_planes) + nodesOf(config.workers);
}
