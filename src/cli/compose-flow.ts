import type { ClusterConfig } from '../config/schema.js';
import { createActionWaiter } from '../hetzner/actions.js';
import { createHetznerApi, type HetznerApi } from '../hetzner/api.js';
import type { OxideError } from '../lib/errors.js';
import { createStepRunner } from '../lib/step.js';
import { realDeadline } from '../lib/wait.js';
import { ApiServers, sentTo } from '../steps/run/api-servers.js';
import { Observer } from '../steps/run/observer.js';
import type { ClusterFiles, FlowContext, Holder } from '../steps/run/context.js';
import { createToolRunner } from '../tools/exec.js';
import { confirmAdmission } from './confirm.js';
import type { CliIo, GlobalOptions } from './io.js';
import type { Surroundings } from './world.js';
import type { Ui } from './ui.js';

/** What a command for a cluster was called with. */
export interface ClusterOptions extends GlobalOptions {
  readonly dryRun?: boolean;
  /** False: a Talos snapshot that is missing is not made. */
  readonly build?: boolean;
  /** Set by commands that change the cluster: a failure then says what exists and how to go on. */
  readonly command?:
    'create' | 'destroy' | `scale ${string}` | `replace ${string}` | `repair${string}`;
  /** Set by commands that write anything: no other oxide may work in the output folder meanwhile. */
  readonly lock?: string | undefined;
  /** Set by commands that only look: on a terminal, what went well leaves no line above the result. */
  readonly brief?: boolean;
}

/** Real milliseconds for the last words of a run: somebody waits for the prompt. */
const lastWordsMs = 5_000;

/** What one run is made of. */
export interface Composition {
  readonly config: ClusterConfig;
  readonly files: ClusterFiles;
  readonly world: Surroundings;
  readonly ui: Ui;
  readonly io: CliIo;
  readonly options: ClusterOptions;
  readonly holder: Holder;
}

/**
 * Everything that a flow and its steps need, for one run. The clients of the Hetzner API that it makes
 * are added to `clients`.
 */
export function composeFlow(composition: Composition, clients: HetznerApi[]): FlowContext {
  const { config, files, world, ui, io, options, holder } = composition;
  const { endpoints, token, clusterToken, clock, commands, toolEnvironment, failed } = world;
  const stopped = new AbortController();
  const signal = AbortSignal.any([io.signal, stopped.signal, failed]);
  const onDebug = (message: string): void => {
    ui.reporter.emit({ type: 'debug', message });
  };
  const connect = (until: AbortSignal): HetznerApi => {
    const client = createHetznerApi({
      endpoint: endpoints.hcloud,
      outbound: endpoints.outbound,
      cluster: config.cluster_name,
      token: token.token,
      tokenSource: token.source,
      clock,
      signal: until,
      onDebug,
      onNotice: (message) => {
        ui.reporter.emit({ type: 'note', message });
      },
    });
    clients.push(client);
    return client;
  };
  const hetzner = connect(signal);
  const apiServers = new ApiServers();
  const run = createToolRunner({
    ...{ commands, env: toolEnvironment, clock, signal, onDebug },
    onWarning: (message) => {
      ui.reporter.emit({ type: 'warning', message });
    },
  });
  const sent = sentTo(apiServers, run);
  return {
    config,
    files,
    hetzner,
    actions: createActionWaiter({
      api: hetzner,
      clock,
      signal,
      timeoutMs: config.timeouts.hetzner,
    }),
    run: sent,
    apiServers,
    observer: new Observer({
      ...{ hetzner, run: sent, kubeconfig: files.kubeconfig, clock, signal },
      cluster: config.cluster_name,
    }),
    resolveName: world.resolveName,
    clusterToken,
    cloudflareToken: world.cloudflareToken,
    endpoints,
    clock,
    signal,
    stop: (reason: OxideError) => {
      stopped.abort(reason);
    },
    lastly: (lifeMs = lastWordsMs) => connect(realDeadline(lifeMs)),
    holder,
    step: createStepRunner(ui.reporter, clock, signal),
    rehearsal: options.sandbox ?? false,
    apiAccess: {
      ask: (question) => {
        if (options.dryRun) return Promise.resolve('preview');
        ui.stop();
        return confirmAdmission(question, options, io);
      },
    },
    confirm: (plan) => {
      if (options.dryRun) return Promise.resolve(false);
      ui.showPlan(plan);
      return Promise.resolve(true);
    },
  };
}
