import { z } from 'zod';
import type { Effect, Means } from '../../cluster/plan/difference.js';
import type { Change } from '../../cluster/plan/plan.js';
import type { Problem } from '../../cluster/status/report.js';
import type { Role } from '../../cluster/state/cluster-state.js';
import { errorCodes, type ErrorCode } from '../../lib/error-codes.js';

/** Words of a closed list; the table is complete, because a type says so. */
function wordsOf<T extends string>(table: Readonly<Record<T, unknown>>) {
  return z.enum(Object.keys(table) as [T, ...T[]]);
}

export const text = z.string();
export const texts = z.array(z.string());
export const cluster = text.describe('Name of the cluster.');
export const role = wordsOf<Role>({ 'control-plane': true, worker: true });
export const notes = texts.describe('What is worth knowing.');
export const warnings = texts.describe('What should be looked at.');
export const errorCode = wordsOf<ErrorCode>(errorCodes);

export const cost = z
  .strictObject({
    net: z.number(),
    gross: z.number().describe('With the VAT that Hetzner names for the account.'),
    currency: text.describe('As `EUR`.'),
  })
  .describe('A price for a month.');

const kinds: Readonly<Record<Change['kind'], true>> = {
  image: true,
  network: true,
  subnet: true,
  firewall: true,
  'ssh-key': true,
  'etcd-member': true,
  server: true,
  'load-balancer': true,
  volume: true,
  'placement-group': true,
  'primary-ip': true,
  'floating-ip': true,
  kubernetes: true,
  'gateway-api': true,
  cilium: true,
  addon: true,
  manifest: true,
  'network-policy': true,
};
export const kind = wordsOf(kinds);

const actions: Readonly<Record<Change['action'], true>> = {
  create: true,
  update: true,
  delete: true,
};

export const change = z.strictObject({
  action: wordsOf(actions),
  kind,
  name: text,
  detail: text.describe('What it is, in a few words.'),
  monthly: cost.optional().describe('What it adds to or takes from the bill.'),
});

/** Something that a deletion leaves. */
export const kept = z.strictObject({
  kind,
  name: text,
  detail: text,
  monthly: cost.optional(),
  why: text.describe('Why it stays.'),
});

const effects: Readonly<Record<Effect, string>> = {
  live: 'nothing restarts',
  restart: 'nodes, or what runs on them, restart',
  replacement: 'only nodes that are made anew have it',
  removal: 'servers go',
  addition: 'servers come',
  impossible: 'a cluster keeps it for its whole life',
};
const means: Readonly<Record<Means, true>> = {
  create: true,
  scale: true,
  apply: true,
  upgrade: true,
  replace: true,
  never: true,
};

export const difference = z.strictObject({
  key: text.describe('The key of cluster.yaml.'),
  servers: texts.describe('Those that differ; empty: the cluster as a whole.'),
  found: text.nullable().describe('What there is.'),
  wanted: text.nullable().describe('What cluster.yaml says.'),
  effect: wordsOf(effects).describe(
    Object.entries(effects)
      .map(([word, meaning]) => `\`${word}\`: ${meaning}`)
      .join('; '),
  ),
  by: wordsOf(means).describe('What brings it about.'),
  remark: text.optional(),
  way: text.describe('The command that brings it about, or what to do by hand.'),
});

/** What a status finds wrong, by its code. */
const problemCodes: Readonly<Record<Problem['code'], true>> = {
  'missing-server': true,
  'missing-network': true,
  'missing-firewall': true,
  'missing-load-balancer': true,
  'target-unhealthy': true,
  'missing-cilium': true,
  'missing-gateway-api': true,
  'server-not-running': true,
  'server-not-behind-firewall': true,
  'removal-unfinished': true,
  'surplus-servers': true,
  'server-unclear': true,
  'name-taken': true,
  'name-differs': true,
  'stale-node': true,
  'node-without-server': true,
  'node-not-ready': true,
  'node-cordoned': true,
  'kubernetes-unknown': true,
  'installed-unknown': true,
  'talos-unknown': true,
  'etcd-unhealthy': true,
  secrets: true,
  'access-file': true,
  'certificate-ends': true,
  'own-address-not-allowed': true,
  'open-to-the-internet': true,
  'version-unsupported': true,
  'image-build-left': true,
  'addon-failing': true,
  'addon-missing': true,
  'addon-surplus': true,
  unused: true,
};

export const problem = z.strictObject({
  code: wordsOf(problemCodes),
  message: text,
  hint: text.describe('The next command.'),
});
