import type { Coverage } from '../coverage.js';

/** How far the simulated Hetzner Cloud goes. */
export const cloudCoverage: readonly Coverage[] = [
  {
    subject:
      'Servers, networks, firewalls, SSH keys, placement groups, primary IPs, floating IPs, volumes, images',
    how: 'simulated',
    note: 'Actions take their time and hold locks; names, limits and the request budget count.',
  },
  {
    subject: 'Placement groups and hosts',
    how: 'simulated',
    note: 'Ten servers a group, fifty groups a project, and no two of a group on one host. A host takes four servers, which is assumed: no API tells of hosts.',
  },
  {
    subject: 'Words of errors',
    how: 'simplified',
    note: 'Status and code are those of the description; the words are the real ones where they were seen live.',
  },
  {
    subject: 'Catalogue, prices, ISOs',
    how: 'simplified',
    note: 'Real types, locations and prices of one day, without tax; the price of lb31 is assumed, and of the ISOs only some are listed.',
  },
  {
    subject: 'Load balancers: services, targets, types, networks, interfaces',
    how: 'simplified',
    note: 'Every action of the API; kubectl and talosctl get to the Kubernetes and the Talos API through them, other traffic does not flow, and traffic counters stay 0.',
  },
  {
    subject: 'Load balancers: health of targets',
    how: 'simplified',
    note: 'Unknown for one interval, then what listens on the node: the Kubernetes API, the Talos API, node ports with a ready pod behind them. What changes counts after as many intervals as the service has retries, counted from the last look at it; a workload answers 200 to every HTTP check.',
  },
  {
    subject: 'Load balancers: IP targets',
    how: 'refused',
    note: 'ip_not_owned: the account has no dedicated servers.',
  },
  {
    subject: 'Certificates: uploaded',
    how: 'simulated',
    note: 'Read and matched with their key; one that a service uses cannot be deleted.',
  },
  {
    subject: 'Certificates: managed',
    how: 'simplified',
    note: 'Taken, but the issuance always fails with dns_zone_not_found: the project has no DNS zones.',
  },
  {
    subject: 'Servers: rebuild and change of the type',
    how: 'simulated',
    note: 'A rebuilt node has forgotten everything and reads its user data again.',
  },
  {
    subject: 'Servers: backups',
    how: 'simplified',
    note: 'Made when asked for; the daily ones are not made.',
  },
  {
    subject: 'Names in the reverse DNS',
    how: 'stored only',
    note: 'Shown where they were set; nothing resolves them.',
  },
  {
    subject: 'Networks: vSwitch subnets',
    how: 'refused',
    note: 'invalid_input: the account has no vSwitch.',
  },
  {
    subject: 'Servers: metrics; load balancers: metrics',
    how: 'refused',
    note: 'GET /servers/{id}/metrics and GET /load_balancers/{id}/metrics are not there: nothing is measured.',
  },
  {
    subject: 'Servers: console',
    how: 'refused',
    note: 'request_console is not there: no screen is drawn.',
  },
  {
    subject: 'Servers: root password',
    how: 'refused',
    note: 'reset_password is not there: Talos has neither a password nor the agent that would set one.',
  },
  {
    subject: 'Servers: attaching an ISO',
    how: 'refused',
    note: 'attach_iso and detach_iso are not there: nothing boots from an ISO.',
  },
  {
    subject: 'DNS zones, storage boxes',
    how: 'refused',
    note: 'Not part of the simulated project: api route not found.',
  },
];
