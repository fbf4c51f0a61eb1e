import { ask, HetznerRefusal } from '../hetzner-client.js';
import { listOr, objectOr } from '../json.js';
import type { KubeState } from '../state.js';
import type { Pod } from '../workloads.js';
import { reachesMetadata } from './metadata-service.js';
import type { ContainerRecord } from './program.js';

/** What a program says when it starts, and whether it goes on from there. */
export interface Start {
  readonly log: readonly string[];
  readonly crashed: boolean;
}

/** Lets a program look at its environment, as it does before anything else. */
export function startOf(
  state: KubeState,
  record: Pick<ContainerRecord, 'program' | 'env'>,
  pod: Pod,
): Start {
  const { nodeName: node = '' } = pod.spec;
  if (record.program === 'hcloud-csi-node') return storageNodeStart(state, pod);
  if (record.program === 'hcloud-ccm') return cloudControllerStart(state, record.env, node);
  if (record.program === 'hcloud-csi-controller') return storageStart(state, record.env, node);
  return { log: [], crashed: false };
}

/** hcloud-cloud-controller-manager v1.35, main.go and hcloud/cloud.go, NewCloud. */
function cloudControllerStart(state: KubeState, env: ContainerRecord['env'], node: string): Start {
  const token = env['HCLOUD_TOKEN'] ?? '';
  const fatal = (why: string): Start => ({
    log: [klog(state, 'F', 'main.go:69', `Cloud provider could not be initialized: ${why}`)],
    crashed: true,
  });
  if (token === '') return fatal('environment variable "HCLOUD_TOKEN" is required');
  const warnings =
    token.length === 64
      ? []
      : [
          klog(
            state,
            'W',
            'config.go:308',
            `unrecognized token format, expected 64 characters, got ${token.length}, proceeding anyway`,
          ),
        ];
  try {
    const network = env['HCLOUD_NETWORK'] ?? '';
    if (network !== '') checkNetwork(state, { token, network, node });
    ask(state, { method: 'GET', path: '/locations', token });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const end = fatal(`hcloud/newCloud: ${error.message}`);
    return { ...end, log: [...warnings, ...end.log] };
  }
  const started = 'Hetzner Cloud k8s cloud controller v1.35.0 started';
  return { log: [...warnings, klog(state, 'I', 'cloud.go:150', started)], crashed: false };
}

interface Membership {
  readonly token: string;
  readonly network: string;
  readonly node: string;
}

/** The network has to exist, and the controller's own node to be in it. */
function checkNetwork(state: KubeState, { token, network, node }: Membership): void {
  const query = /^\d+$/.test(network) ? '' : `?name=${encodeURIComponent(network)}`;
  let found: unknown;
  try {
    const path = query === '' ? `/networks/${network}` : `/networks${query}`;
    const answer = ask(state, { method: 'GET', path, token });
    found = answer['network'] ?? listOr(answer['networks'])[0];
  } catch (error) {
    if (!(error instanceof HetznerRefusal) || error.code !== 'not_found') throw error;
  }
  if (found === undefined) throw new Error(`Network ${network} not found`);
  const id = state.kubelets.get(node)?.machine?.id;
  if (id === undefined) return;
  const { server } = ask(state, { method: 'GET', path: `/servers/${id}`, token });
  const isMember = listOr(objectOr(server)['private_net']).some(
    (net) => objectOr(net)['network'] === objectOr(found)['id'],
  );
  if (!isMember) throw new Error(`This node is not attached to Network ${network}`);
}

/** hcloud-csi-driver v2.22, cmd/main.go and internal/app/app.go: with a location given it asks Hetzner nothing yet. */
function storageStart(state: KubeState, env: ContainerRecord['env'], node: string): Start {
  const token = env['HCLOUD_TOKEN'] ?? '';
  const failed = (why: string): Start => ({ log: [slog(state, why)], crashed: true });
  if (token === '') {
    const why =
      'you need to provide an API token via the HCLOUD_TOKEN or HCLOUD_TOKEN_FILE env var';
    return failed(`failed to initialize hcloud client: ${why}`);
  }
  if (env['HCLOUD_VOLUME_DEFAULT_LOCATION'] !== undefined) return { log: [], crashed: false };
  try {
    ask(state, { method: 'GET', path: `/servers?name=${encodeURIComponent(node)}`, token });
  } catch (error) {
    if (!(error instanceof HetznerRefusal)) throw error;
    const why = `error while getting server through node name: ${error.message}`;
    return failed(`could not determine default volume location: ${why}`);
  }
  return { log: [], crashed: false };
}

/** The same driver on a node: it asks the metadata service where it is, whose answer Cilium may keep from it. */
function storageNodeStart(state: KubeState, pod: Pod): Start {
  if (reachesMetadata(state, pod)) return { log: [], crashed: false };
  const url = 'http://169.254.169.254/hetzner/v1/metadata/availability-zone';
  const late = `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  const why = `failed to get location from metadata service: ${late}`;
  return {
    log: [slog(state, `could not determine default volume location: ${why}`)],
    crashed: true,
  };
}

/** A line as klog writes it. */
function klog(state: KubeState, level: string, place: string, text: string): string {
  const [date = '', time = ''] = new Date(state.now).toISOString().split('T');
  return `${level}${date.slice(5).replace('-', '')} ${time.slice(0, 12)}000       1 ${place}] ${text}`;
}

function slog({ now }: KubeState, error: string): string {
  const time = new Date(now).toISOString();
  return `time=${time} level=ERROR msg="failed to setup CSI driver" error=${JSON.stringify(error)}`;
}
