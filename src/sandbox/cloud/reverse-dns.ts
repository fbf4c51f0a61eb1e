import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { renderAction } from './actions.js';
import { invalidField } from './api-error.js';
import { checkBody } from './body.js';
import type { Project } from './project.js';
import type { Addressed, ResourceType } from './records.js';
import { created, type Answer, type Call, type Route } from './route.js';

const fields = z.strictObject({
  ip: z.union([z.ipv4(), z.ipv6()]),
  dns_ptr: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[a-zA-Z0-9_.-]+$/, 'must be a domain name')
    .nullish(),
});

/** The names of an address in the reverse DNS: IPv4 has one of Hetzner's own until one is set. */
export function reverseNames(holder: Addressed): { ip: string; dns_ptr: string }[] {
  const { address, type, reverse = {} } = holder;
  const standard = {
    [address]: `static.${address.split('.').reverse().join('.')}.clients.your-server.de`,
  };
  const names = type === 'ipv4' ? { ...standard, ...reverse } : reverse;
  return Object.entries(names).map(([ip, dns_ptr]) => ({ ip, dns_ptr }));
}

/** Sets a name, or with null takes it away again. */
function setReverseName(holder: Addressed, ip: string, name: string | null): void {
  const others = Object.entries(holder.reverse ?? {}).filter(([other]) => other !== ip);
  holder.reverse = Object.fromEntries(name === null ? others : [...others, [ip, name]]);
}

function holds({ type, address }: Addressed, ip: string): boolean {
  if (type === 'ipv4') return ip === address;
  return ipaddr.IPv6.isValid(ip) && ipaddr.IPv6.parse(ip).match([ipaddr.IPv6.parse(address), 64]);
}

type Kind = 'server' | 'load_balancer' | 'primary_ip' | 'floating_ip';

/** The addresses of each kind of resource; 404 without the resource. */
const holders: Readonly<Record<Kind, (project: Project, id: number) => (Addressed | undefined)[]>> =
  {
    server: ({ servers, primaryIps }, id) => {
      const { ipv4, ipv6 } = servers.get(id);
      return [primaryIps.find(ipv4), primaryIps.find(ipv6)];
    },
    load_balancer: ({ loadBalancers, primaryIps }, id) => {
      const { ipv4, ipv6 } = loadBalancers.get(id);
      return [primaryIps.find(ipv4), primaryIps.find(ipv6)];
    },
    primary_ip: ({ primaryIps }, id) => [primaryIps.get(id)],
    floating_ip: ({ floatingIps }, id) => [floatingIps.get(id)],
  };

/** `POST /<resources>/{id}/actions/change_dns_ptr`, the same for all that have public addresses. */
export const reverseDnsRoutes: readonly Route[] = Object.entries(holders).map(
  ([type, find]): Route => [
    'POST',
    `/${type}s/{id}/actions/change_dns_ptr`,
    (project, call) => change(project, call, { id: call.id, type: type as Kind, find }),
  ],
);

function change(
  project: Project,
  call: Call,
  target: { id: number; type: ResourceType; find: (typeof holders)[Kind] },
): Answer {
  const { id, type, find } = target;
  const addresses = find(project, id);
  const { ip, dns_ptr: name } = checkBody(fields, call.body);
  const canonical = ipaddr.parse(ip).toString();
  const holder = addresses.find((address) => address && holds(address, canonical));
  if (!holder) throw invalidField('ip', `address ${ip} is not one of the resource`);
  project.assertUnlocked({ id, type });
  setReverseName(holder, canonical, name ?? null);
  const action = project.start({
    command: 'change_dns_ptr',
    resources: [{ id, type }],
    duration: 'otherAction',
    locks: { id, type },
  });
  return created({ action: renderAction(action) });
}
