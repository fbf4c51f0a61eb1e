import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { typesOf } from '../../src/cluster/candidates.js';
import { parseConfig } from '../../src/config/load.js';
import type { ShownPlan } from '../../src/cluster/plan.js';
import { createActionWaiter } from '../../src/hetzner/actions.js';
import { createHetznerApi } from '../../src/hetzner/api.js';
import { publicEndpoints } from '../../src/lib/endpoints.js';
import { ensurePrivateFolder } from '../../src/lib/files.js';
import type { ReportEvent } from '../../src/lib/report.js';
import { Secret } from '../../src/lib/secret.js';
import { createStepRunner } from '../../src/lib/step.js';
import { FaultPlan } from '../../src/sandbox/faults.js';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import type { World } from '../../src/sandbox/world.js';
import { ClusterFiles, type FlowContext, type Holder } from '../../src/steps/context.js';
import type { Invocation } from '../../src/tools/exec.js';
import { createToolDoubles, type DoublesOptions } from './tool-doubles.js';
import { WarpClock } from './warp-clock.js';

export interface RunOptions {
  /** cluster.yaml as text; the rehearsal's own unless given. */
  readonly yaml?: string;
  readonly dryRun?: boolean;
  readonly token?: string;
  /** Whether the flow believes to be in the sandbox; false unless given, as in a real run. */
  readonly rehearsal?: boolean;
  readonly signal?: AbortSignal;
  readonly intercept?: DoublesOptions['intercept'];
  readonly ownIpv4?: readonly string[];
  /** Another machine's output folder; the rehearsal's own unless given. */
  readonly files?: ClusterFiles;
  /** Who the run is to others; always the same one unless given. */
  readonly holder?: Partial<Holder>;
  /** What is answered when the firewall does not admit this machine; `refuse` unless given. */
  readonly admission?: 'add' | 'refuse';
}

/** One run of a flow: what it is composed of and what it reported. */
export interface Run {
  readonly ctx: FlowContext;
  readonly events: readonly ReportEvent[];
  readonly plans: readonly ShownPlan[];
  readonly calls: readonly Invocation[];
  /** What was asked about admitting this machine. */
  readonly questions: readonly string[];
}

/** A simulated project with an output folder, in which flows can be run again and again. */
export interface Rehearsal {
  readonly world: World;
  readonly faults: FaultPlan;
  readonly clock: WarpClock;
  readonly files: ClusterFiles;
  run(options?: RunOptions): Run;
}

/** Opens a sandbox of its own for the test that calls it, and closes it at the test's end. */
export async function rehearse(yaml: string): Promise<Rehearsal> {
  const folder = mkdtempSync(join(tmpdir(), 'oxide-test-'));
  const clock = new WarpClock();
  const faults = new FaultPlan();
  const sandbox = await openSandbox({
    folder: join(folder, 'sandbox'),
    speed: clock.speed,
    clock,
    faults,
    ticking: false,
  });
  onTestFinished(() => sandbox.close());
  const { world } = sandbox;
  if (!world) throw new Error('a fresh sandbox runs in this process');
  const config = parseConfig(yaml, { file: 'cluster.yaml' });
  await sandbox.ensureSnapshot({
    talosVersion: config.talos.version,
    id: config.talos.hcloud_snapshot_id,
    serverTypes: [...config.control_planes, ...config.workers].flatMap(typesOf),
  });
  const files = new ClusterFiles(join(folder, 'output'));
  await ensurePrivateFolder(files.folder);
  return {
    world,
    faults,
    clock,
    files,
    run: (options = {}) => compose({ sandbox, world, clock, files, yaml, options }),
  };
}

interface Parts {
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly clock: WarpClock;
  readonly files: ClusterFiles;
  readonly yaml: string;
  readonly options: RunOptions;
}

function compose({ sandbox, world, clock, yaml, options, ...parts }: Parts): Run {
  const files = options.files ?? parts.files;
  const config = parseConfig(options.yaml ?? yaml, { file: 'cluster.yaml' });
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, ...(options.signal ? [options.signal] : [])]);
  const events: ReportEvent[] = [];
  const plans: ShownPlan[] = [];
  const calls: Invocation[] = [];
  const questions: string[] = [];
  const connect = (until: AbortSignal) =>
    createHetznerApi({
      endpoint: `${sandbox.url}/v1`,
      token: new Secret(options.token ?? sandbox.token),
      tokenSource: 'HCLOUD_TOKEN',
      clock,
      signal: until,
    });
  const hetzner = connect(signal);
  const doubles = createToolDoubles({
    world,
    clock,
    signal,
    talosVersion: config.talos.version,
    intercept: (invocation) => {
      calls.push(invocation);
      return options.intercept?.(invocation);
    },
  });
  const reporter = { emit: (event: ReportEvent) => void events.push(event) };
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
    run: doubles,
    endpoints: {
      ...publicEndpoints,
      hcloud: `${sandbox.url}/v1`,
      ownIpv4: options.ownIpv4 ?? [`${sandbox.url}/ip`],
      ownIpv6: [],
      ciliumChart: `${sandbox.url}/charts`,
      gatewayApi: `${sandbox.url}/gateway-api`,
      nodeProxy: sandbox.url,
    },
    clock,
    signal,
    stop: (reason) => {
      stopped.abort(reason);
    },
    lastly: () => connect(new AbortController().signal),
    holder: {
      ...{ id: 'f00dcafe0001', host: 'here', takesOver: false, hasLease: false },
      ...options.holder,
    },
    step: createStepRunner(reporter, clock, signal),
    rehearsal: options.rehearsal ?? false,
    admission: {
      ask: (question) => {
        if (options.dryRun) return Promise.resolve('preview');
        questions.push(question);
        return Promise.resolve(options.admission ?? 'refuse');
      },
      command: 'oxide firewall allow-me',
    },
    confirm: (plan) => {
      plans.push(plan);
      return Promise.resolve(!options.dryRun);
    },
  };
  return { ctx, events, plans, calls, questions };
}

/** A cluster.yaml with this many control planes and workers. */
export function clusterYaml(controlPlanes: number, workers: number): string {
  return `cluster_name: demo
hcloud: { location: nbg1 }
control_planes: [{ name: cp, server_type: cx23, count: ${controlPlanes} }]
workers: ${workers === 0 ? '[]' : `[{ name: web, server_type: cx33, count: ${workers} }]`}
`;
}
