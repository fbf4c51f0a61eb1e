import { keepsOut } from '../network/api-access.js';
import type { StatusInput } from './report.js';
import { oxide } from '../../lib/commands.js';

/**
 * The next command when nothing of a cluster answers: what leads there is looked at before the cluster.
 * `access` is the command that makes the file with which it is asked.
 */
export function silenceHint(
  { state, ownAddress, accessFiles }: Pick<StatusInput, 'state' | 'ownAddress' | 'accessFiles'>,
  access: string,
): string {
  if (!accessFiles.some(({ remedy }) => remedy === access)) {
    return `${access} makes it again; a create that was stopped goes on with ${oxide`create`}`;
  }
  if (keepsOut(state.firewall, ownAddress))
    return `${oxide`firewall allow-me`} lets this machine in`;
  if (state.servers.some(({ status }) => status !== 'running')) return `${oxide`create`} starts it`;
  return `look again with ${oxide`status --verbose`}; a create that was stopped goes on with ${oxide`create`}`;
}
