import { canonicalSource } from '../cluster/cidr.js';
import { admittedToKubernetes } from '../cluster/firewall-rules.js';
import type { ClusterConfig } from '../config/schema.js';
import type { ClusterState } from '../cluster/state.js';
import type { StepIo } from '../lib/step.js';
import { ownAddress } from '../tools/download.js';
import type { FlowContext } from './context.js';

/** This machine's public addresses as ranges; none when cluster.yaml says who may reach the cluster. */
export async function findOwnAddresses(ctx: FlowContext, io: StepIo): Promise<readonly string[]> {
  const { config, endpoints, clock, signal } = ctx;
  const configured = config.hcloud.firewall.allowed_cidrs;
  if (configured) {
    io.summary(`${configured.join(', ')}, from cluster.yaml`);
    return [];
  }
  const found = await ownAddress({
    ipv4: endpoints.ownIpv4,
    ipv6: endpoints.ownIpv6,
    clock,
    signal,
  });
  for (const note of found.notes) io.note(note);
  const own = [found.ipv4, found.ipv6].flatMap((address) =>
    address === undefined ? [] : [canonicalSource(address)],
  );
  io.summary(own.join(', '));
  return own;
}

/**
 * Who may reach the Kubernetes and the Talos API: what cluster.yaml says, or else this machine.
 * What the firewall admits already stays in that case: a colleague may have added it, and oxide
 * takes nothing away on its own.
 */
export function allowedCidrs(
  config: ClusterConfig,
  state: ClusterState,
  own: readonly string[],
): readonly string[] {
  const configured = config.hcloud.firewall.allowed_cidrs;
  if (configured) return configured.map(canonicalSource);
  return [...new Set([...admittedToKubernetes(state.firewall?.rules ?? []), ...own])];
}
