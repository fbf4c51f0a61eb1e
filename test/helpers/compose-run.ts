import { randomBytes } from 'node:crypto';
import { parseConfig } from '../../src/config/load.js';
import type { ShownPlan } from '../../src/cluster/plan/plan.js';
import { createActionWaiter } from '../../src/hetzner/actions.js';
import { createHetznerApi, type HetznerApi } from '../../src/hetzner/api.js';
import { publicEndpoints } from '../../src/lib/endpoints.js';
import type { ReportEvent } from '../../src/lib/report.js';
import { Secret } from '../../src/lib/secret.js';
import { createStepRunner } from '../../src/lib/step.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import type { World } from '../../src/sandbox/world.js';
import { ApiServers, sentTo } from '../../src/steps/run/api-servers.js';
import { Observer } from '../../src/steps/run/observer.js';
import type { ClusterFiles, FlowContext, Holder } from '../../src/steps/run/context.js';
import { limitProcesses, type Invocation } from '../../src/tools/exec.js';
import { createToolDoubles, type DoublesOptions } from './tool-doubles.js';
import type { Clock } from '../../src/lib/wait.js';
import type { WarpClock } from './warp-clock.js';

export interface RunOptions {
  /** cluster.yaml as text; the rehearsal's own unless given. */
  readonly yaml?: string;
  readonly dryRun?: boolean;
  readonly token?: string;
  /** Another one for the controllers in the cluster. */
  readonly clusterToken?: string;
  /** Whether the flow believes to be in the sandbox; false unless given, as in a real run. */
  readonly rehearsal?: boolean;
  readonly signal?: AbortSignal;
  readonly intercept?: DoublesOptions['intercept'];
  readonly around?: DoublesOptions['around'];
  readonly ownIpv4?: readonly string[];
  /** What the name servers say; the sandbox's own unless given. */
  readonly resolveName?: FlowContext['resolveName'];
  /** Another machine's output folder; the rehearsal's own unless given. */
  readonly files?: ClusterFiles;
  /** Who the run is to others; somebody new unless given. */
  readonly holder?: Partial<Holder>;
  /** Who the run is by the lock of its folder, which learns from it whether a lease is left. */
  readonly held?: Holder;
  /** What is answered when the firewall does not admit this machine; `refuse` unless given. */
  readonly admission?: 'add' | 'refuse';
  /** How far the clock of this machine is ahead of everybody else's, ms. */
  readonly clockAhead?: number;
  /** The clock of the client of the API, for requests that take time. */
  readonly wire?: (clock: Clock) => Clock;
  /** Numbers of chance for the client of the API. */
  readonly random?: () => number;
}

/** One run of a flow: what it is composed of and what it reported. */
export interface Run {
  readonly ctx: FlowContext;
  readonly events: readonly ReportEvent[];
  readonly plans: readonly ShownPlan[];
  readonly calls: readonly Invocation[];
  /** What was asked about admitting this machine. */
  readonly questions: readonly string[];
  /** What steps threw, also when the flow went on. */
  readonly errors: readonly unknown[];
}

interface Parts {
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly clock: WarpClock;
  readonly files: ClusterFiles;
  readonly yaml: string;
}

/** Composes a run as `cli/context.ts` does, with doubles of the tools. */
export function composeRun(parts: Parts, options: RunOptions): Run {
  const { sandbox, world } = parts;
  const clock = options.clockAhead ? setAhead(parts.clock, options.clockAhead) : parts.clock;
  const files = options.files ?? parts.files;
  const config = parseConfig(options.yaml ?? parts.yaml, { file: 'cluster.yaml' });
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, ...(options.signal ? [options.signal] : [])]);
  const record = { events: [] as ReportEvent[], plans: [] as ShownPlan[] };
  const calls: Invocation[] = [];
  const errors: unknown[] = [];
  const questions: string[] = [];
  const emit = (event: ReportEvent): void => void record.events.push(event);
  const connect = (until: AbortSignal): HetznerApi =>
    createHetznerApi({
      endpoint: `${sandbox.url}/v1`,
      token: new Secret(options.token ?? sandbox.token),
      tokenSource: 'HCLOUD_TOKEN',
      clock: options.wire?.(clock) ?? clock,
      signal: until,
      ...(options.random ? { random: options.random } : {}),
      onDebug: (message) => {
        emit({ type: 'debug', message });
      },
      onNotice: (message) => {
        emit({ type: 'note', message });
      },
    });
  const hetzner = connect(signal);
  const step = createStepRunner({ emit }, clock, signal);
  const apiServers = new ApiServers();
  const doubles = createToolDoubles({
    world,
    clock,
    signal,
    talosVersion: config.talos.version,
    around: options.around,
    intercept: (invocation) => {
      calls.push(invocation);
      return options.intercept?.(invocation);
    },
  });
  // As on a machine of two cores.
  const sent = sentTo(apiServers, limitProcesses(doubles, 4));
  const ctx: FlowContext = {
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
    resolveName: options.resolveName ?? ((name) => sandbox.resolve(name)),
    clusterToken:
      options.clusterToken === undefined
        ? { token: new Secret(options.token ?? sandbox.token), source: 'HCLOUD_TOKEN' }
        : { token: new Secret(options.clusterToken), source: 'HCLOUD_CLUSTER_TOKEN' },
    endpoints: {
      ...publicEndpoints,
      hcloud: `${sandbox.url}/v1`,
      ownIpv4: options.ownIpv4 ?? [`${sandbox.url}/ip`],
      ownIpv6: [],
      ciliumChart: `${sandbox.url}/charts`,
      charts: `${sandbox.url}/charts`,
      gatewayApi: `${sandbox.url}/gateway-api`,
      imageFactory: `${sandbox.url}/image-factory`,
      nodeProxy: sandbox.url,
    },
    clock,
    signal,
    stop: (reason) => {
      stopped.abort(reason);
    },
    lastly: () => connect(new AbortController().signal),
    holder: options.held ?? {
      ...{ id: randomBytes(6).toString('hex'), host: 'here', takesOver: false, hasLease: false },
      ...options.holder,
    },
    step: async (title, run) => {
      try {
        return await step(title, run);
      } catch (error) {
        errors.push(error);
        throw error;
      }
    },
    rehearsal: options.rehearsal ?? false,
    apiAccess: {
      ask: (question) => {
        if (options.dryRun) return Promise.resolve('preview');
        questions.push(question);
        return Promise.resolve(options.admission ?? 'refuse');
      },
    },
    confirm: (plan) => {
      record.plans.push(plan);
      return Promise.resolve(!options.dryRun);
    },
  };
  return { ctx, calls, errors, questions, ...record };
}

/** The same clock, as a machine sees it on which it was set wrongly. */
function setAhead(clock: Clock, ms: number): Clock {
  return {
    speed: clock.speed,
    now: () => clock.now() + ms,
    steady: () => clock.steady(),
    sleep: (...wait) => clock.sleep(...wait),
    during: (...work) => clock.during(...work),
  };
}
