import { tell } from '../events.js';
import { listOr, objectOr, omit, stringOr, valueAt } from '../json.js';
import { controllerOf, ownedBy, type KubeObject } from '../objects.js';
import type { KubeState } from '../state.js';
import { talosApiAccess, type TalosApiAccess } from '../talos-api.js';

const talosAccounts = 'serviceaccounts.talos.dev';
const by = 'talos-sa-controller';

/**
 * Control planes give credentials for their Talos API to who has a ServiceAccount of Talos in an
 * allowed namespace (Talos source, controllers/kubeaccess/serviceaccount/crd_controller.go).
 */
export function reconcileTalosAccounts(state: KubeState): void {
  if (state.store.size(talosAccounts) === 0) return;
  const access = talosApiAccess(state);
  if (!access) return;
  for (const account of state.store.list(talosAccounts)) serve(state, account, access);
}

function serve(state: KubeState, account: KubeObject, access: TalosApiAccess): void {
  const { name, namespace } = account.metadata;
  const secret = state.store.get('secrets', name, namespace);
  const refusal = refusalOf(account, { access, secret });
  const status = omit(objectOr(account['status']), ['failureReason']);
  const told = refusal ? { ...status, failureReason: refusal.message } : status;
  const isEmpty = Object.keys(told).length === 0;
  state.store.put(
    talosAccounts,
    isEmpty ? omit(account, ['status']) : { ...account, status: told },
  );
  if (refusal) {
    tell(state, account, { by, type: 'Warning', ...refusal });
    return;
  }
  if (secret) return;
  state.create<KubeObject>('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: namespace ?? '', ownerReferences: [ownedBy(account)] },
    data: { config: Buffer.from(talosconfig).toString('base64') },
    type: 'Opaque',
  });
  tell(state, account, { by, reason: 'Synced', message: 'Synced successfully' });
}

/** In its place there is a form without keys: no program of a pod uses it. */
const talosconfig = `context: default
contexts:
    default:
        endpoints:
            - talos.default
        ca: ""
        crt: ""
        key: ""
`;

interface Circumstances {
  readonly access: TalosApiAccess;
  readonly secret: KubeObject | undefined;
}

function refusalOf(
  account: KubeObject,
  { access, secret }: Circumstances,
): { readonly reason: string; readonly message: string } | undefined {
  const { name, namespace = '', uid } = account.metadata;
  if (secret && controllerOf(secret)?.uid !== uid) {
    const message = `Secret already exists and is not managed by controller: ${namespace}/${name}`;
    return { reason: 'ErrResourceExists', message };
  }
  const roles = valueAt(account.spec, ['roles']);
  if (roles === undefined) return { reason: 'ErrRolesNotFound', message: 'Roles not found' };
  if (!access.namespaces.includes(namespace)) {
    const message = `Namespace is not allowed: ${namespace}`;
    return { reason: 'ErrNamespaceNotAllowed', message };
  }
  const others = listOr(roles)
    .map((role) => stringOr(role))
    .filter((role) => !access.roles.includes(role));
  if (others.length === 0) return undefined;
  return { reason: 'ErrRolesNotAllowed', message: `Roles not allowed: [${others.join(' ')}]` };
}
