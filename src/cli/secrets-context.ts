import type { ClusterState } from '../cluster/state/cluster-state.js';
import { loadConfig } from '../config/load.js';
import { createHetznerApi } from '../hetzner/api.js';
import { OxideError } from '../lib/errors.js';
import { createStepRunner } from '../lib/step.js';
import { realClock, realDeadline } from '../lib/wait.js';
import { observeCluster } from '../steps/observe/observe.js';
import type { SecretsContext } from '../steps/talos/secrets-copy.js';
import { filesOf } from './output-folder.js';
import { openWorld } from './surroundings.js';
import { closing } from './world.js';
import { computeFast } from './engine.js';
import type { CliIo, GlobalOptions } from './io.js';
import { createUi, type Ui } from './ui.js';

/** Real seconds for the look at the cluster: what does not answer is said, and does not keep anybody. */
const lookSeconds = 10;

/** What a command works with that keeps secrets or brings them back. */
export interface SecretsCommand {
  readonly flow: SecretsContext;
  readonly ui: Ui;
  /** What exists at Hetzner. Throws when there is no token, or no answer. */
  readonly look: () => Promise<ClusterState>;
}

/** Composes what the commands for secrets need: all of it works without a token and a network. */
export async function withSecrets<T>(
  options: GlobalOptions,
  io: CliIo,
  use: (command: SecretsCommand) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(options.config);
  const files = await filesOf(options);
  computeFast();
  const ui = createUi(io, { ...options, inRealTime: true });
  const look = async (): Promise<ClusterState> => {
    const world = await openWorld(options, { config, files, io });
    const deadline = realDeadline(lookSeconds * 1_000);
    const { endpoints, token, clock } = world;
    const hetzner = createHetznerApi({
      endpoint: endpoints.hcloud,
      outbound: endpoints.outbound,
      cluster: config.cluster_name,
      token: token.token,
      tokenSource: token.source,
      clock,
      signal: AbortSignal.any([io.signal, deadline]),
    });
    return closing(world, async () => {
      try {
        return await observeCluster({ config, hetzner, clock });
      } catch (error) {
        if (!deadline.aborted || io.signal.aborted) throw error;
        throw new OxideError(`Hetzner did not answer within ${lookSeconds} seconds`, {
          cause: error,
        });
      }
    });
  };
  try {
    const step = createStepRunner(ui.reporter, realClock, io.signal);
    return await use({
      flow: { config, files, rehearsal: options.sandbox ?? false, step },
      ui,
      look,
    });
  } finally {
    ui.stop();
  }
}
