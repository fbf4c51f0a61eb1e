import { organizationsOf } from '../../pki.js';
import { GrpcError, type TalosMethods, type TalosRequest } from '../protocol.js';

/** The role that may do everything, and the only one that may see secrets. */
const admin = 'os:admin';

const admins = [admin];
const operators = [admin, 'os:operator'];
const readers = [...operators, 'os:reader'];

/**
 * Who may call what (Talos 1.13.9 source, machined/pkg/system/services/machined.go; the same in
 * 1.12 and 1.14 for these). The role os:impersonator is for what one node passes on to another, and
 * may call nothing itself.
 */
const callers: Readonly<Record<keyof TalosMethods, readonly string[]>> = {
  ApplyConfiguration: admins,
  Bootstrap: admins,
  Dmesg: readers,
  EtcdForfeitLeadership: admins,
  EtcdLeave: admins,
  EtcdMembers: [...readers, 'os:etcd:backup'],
  EtcdRemoveMember: admins,
  EtcdSnapshot: [...operators, 'os:etcd:backup'],
  EtcdStatus: [...readers, 'os:etcd:backup'],
  GenerateClientConfiguration: admins,
  Get: readers,
  Health: readers,
  Kubeconfig: admins,
  List: readers,
  Reboot: operators,
  Reset: admins,
  Services: readers,
  Shutdown: operators,
  Version: readers,
};

/**
 * What the caller is: the organizations of its certificate. A node without a configuration asks for
 * none, and takes everybody for a reader.
 */
export function rolesOf({ credentials }: TalosRequest): readonly string[] {
  return credentials ? organizationsOf(credentials.crt) : ['os:reader'];
}

/** Refuses a call that none of the roles allows. */
export function demandCaller(method: keyof TalosMethods, roles: readonly string[]): void {
  if (!callers[method].some((role) => roles.includes(role))) throw notAuthorized();
}

/** Refuses what only an administrator may see. */
export function demandAdmin(roles: readonly string[]): void {
  if (!roles.includes(admin)) throw notAuthorized();
}

/** Talos source, pkg/grpc/middleware/authz/authorizer.go. */
function notAuthorized(): GrpcError {
  return new GrpcError('PermissionDenied', 'not authorized');
}
