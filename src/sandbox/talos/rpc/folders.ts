import { GrpcError } from '../protocol.js';
import type { ConfiguredNode } from '../talos-node.js';

/**
 * What is in a folder of the node, with the folder itself as `.`. Only etcd's data is simulated,
 * as Talos looks at it before a bootstrap.
 */
export function listFolder({ state, settings }: ConfiguredNode, path: string): string[] {
  const folder = path.replace(/(.)\/$/, '$1');
  const isData = folder === '/var/lib/etcd' || folder.startsWith('/var/lib/etcd/');
  if (!isData) {
    throw new GrpcError('Unimplemented', `the sandbox has no files but those in /var/lib/etcd`);
  }
  const { hasEtcdFolder: isThere, etcd } = state;
  const missing = (): GrpcError =>
    new GrpcError('Unknown', `lstat ${folder}: no such file or directory`);
  if (!isThere || settings.role === 'worker') throw missing();
  if (folder === '/var/lib/etcd') return etcd ? ['.', 'member'] : ['.'];
  if (folder === '/var/lib/etcd/member' && etcd) return ['.', 'snap', 'wal'];
  throw missing();
}
