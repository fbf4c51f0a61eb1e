import { keepsOut } from '../network/api-access.js';
import type { StatusInput } from './report.js';

/** The next command when nothing of a cluster answers: the way there is looked at before the cluster. */
export function silenceHint({
  state,
  ownAddress,
}: Pick<StatusInput, 'state' | 'ownAddress'>): string {
  if (keepsOut(state.firewall, ownAddress)) return 'oxide firewall allow-me lets this machine in';
  if (state.servers.some(({ status }) => status !== 'running')) return 'oxide create starts it';
  return 'look again with oxide status --verbose; a create that was stopped goes on with oxide create';
}
