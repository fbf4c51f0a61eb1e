import { join } from 'node:path';
import type { ActionWaiter } from '../../hetzner/actions.js';
import type { HetznerApi } from '../../hetzner/api.js';
import type { Secret } from '../../lib/secret.js';
import type { Token } from '../../config/token.js';
import type { ClusterConfig } from '../../config/schema.js';
import type { Plan } from '../../cluster/plan/plan.js';
import type { Endpoints } from '../../lib/endpoints.js';
import type { OxideError } from '../../lib/errors.js';
import type { RunStep } from '../../lib/step.js';
import type { Clock } from '../../lib/wait.js';
import type { RunTool } from '../../tools/exec.js';
import type { ApiServers } from './api-servers.js';
import type { Observer } from './observer.js';

/** The files that oxide keeps for a cluster, all readable by their owner only. */
export class ClusterFiles {
  readonly #talosconfig: string | undefined;

  /** `talosconfig`: another one than the folder's. */
  constructor(
    readonly folder: string,
    { talosconfig }: { readonly talosconfig?: string } = {},
  ) {
    this.#talosconfig = talosconfig;
  }

  /** The cluster's secrets: written once, never replaced. Whoever loses them loses the cluster. */
  get secrets(): string {
    return join(this.folder, 'secrets.yaml');
  }
  get talosconfig(): string {
    return this.#talosconfig ?? join(this.folder, 'talosconfig');
  }
  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }
  get sshKey(): string {
    return join(this.folder, 'id_ed25519');
  }
  get sshPublicKey(): string {
    return join(this.folder, 'id_ed25519.pub');
  }
  /** What encrypted volumes are opened with: written once, never replaced. Whoever loses it loses what is in them. */
  get volumesPassphrase(): string {
    return join(this.folder, 'volumes.passphrase');
  }
  /** Snapshots of etcd, made before control planes are removed. */
  get backups(): string {
    return join(this.folder, 'backups');
  }
  /** Which run works with this folder; only there while one does, or after one was killed. */
  get lock(): string {
    return join(this.folder, 'oxide.lock');
  }
  get machineConfigs(): string {
    return join(this.folder, 'machine-configs');
  }
  /** The machine configuration of a pool's nodes. It holds the cluster's keys. */
  machineConfig(pool: string): string {
    return join(this.machineConfigs, `${pool}.yaml`);
  }
}

/** Who this run is to others that want to change the same cluster. */
export interface Holder {
  readonly id: string;
  /** Name of this machine. */
  readonly host: string;
  /** The user said `--break-lock`: what another run holds is taken from it. */
  readonly takesOver: boolean;
  /** A lease with this id may stand at Hetzner: the next run from here needs the id. */
  hasLease: boolean;
}

/** How a flow asks whether to admit a machine that the firewall keeps out. */
export interface ApiAccessPrompt {
  /** `preview`: only a plan was asked for, so nobody is asked. `refuse`: no, or nobody to ask. */
  readonly ask: (question: string) => Promise<'add' | 'refuse' | 'preview'>;
}

/** Everything that a flow and its steps need of the outside. Made once per command, in `cli/`. */
export interface FlowContext {
  readonly config: ClusterConfig;
  readonly files: ClusterFiles;
  readonly hetzner: HetznerApi;
  readonly actions: ActionWaiter;
  /** Runs a tool; what kubectl and helm ask goes to the address of `apiServers`. */
  readonly run: RunTool;
  readonly apiServers: ApiServers;
  /** Looks at servers, nodes and pods, for all who want to know at the same moment. */
  readonly observer: Observer;
  /** The IPv4 addresses that a name leads to; none when nobody knows it. */
  readonly resolveName: (name: string) => Promise<readonly string[]>;
  /** The token that Hetzner's controllers in the cluster get, when there are any, and where it is from. */
  readonly clusterToken: Token;
  /** The token with which issuers write DNS records at Cloudflare; undefined: there is none. */
  readonly cloudflareToken?: Secret | undefined;
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Ends the run with this error, as an interrupt would. */
  readonly stop: (reason: OxideError) => void;
  /** A client for what has to be said at the end of a run, also of an interrupted one; it lives for seconds unless told otherwise (real ms). */
  readonly lastly: (lifeMs?: number) => HetznerApi;
  readonly holder: Holder;
  readonly step: RunStep;
  /** True in the sandbox: what it writes must not mix with a real cluster's files. */
  readonly rehearsal: boolean;
  readonly apiAccess: ApiAccessPrompt;
  /** Shows the plan. False: only the plan was asked for, nothing may be changed. */
  readonly confirm: (plan: Plan) => Promise<boolean>;
}
