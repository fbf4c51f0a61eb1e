import { messageOf } from '../../../lib/errors.js';
import type { TalosWorld } from '../world.js';
import { GrpcError, type TalosAnswer, type TalosMethods, type TalosRequest } from '../protocol.js';
import { findTarget } from './connect.js';
import { clientHandlers } from './client-handlers.js';
import { clusterHandlers } from './cluster-handlers.js';
import type { Handlers } from './context.js';
import { etcdHandlers } from './etcd-handlers.js';
import { nodeHandlers } from './node-handlers.js';
import { powerHandlers } from './power-handlers.js';
import { demandCaller, rolesOf } from './roles.js';

const handlers: Handlers = {
  ...clientHandlers,
  ...clusterHandlers,
  ...etcdHandlers,
  ...nodeHandlers,
  ...powerHandlers,
};

/** Calls that a node in maintenance mode answers, to anybody. */
const maintenanceMethods: readonly (keyof TalosMethods)[] = [
  'ApplyConfiguration',
  'Get',
  'Version',
];

const lost = new GrpcError('Unavailable', 'error reading from server: EOF');
lost.atEndpoint = true;

/** Leads a call to its node and answers it in the node's place. */
export async function answerCall(
  world: TalosWorld,
  request: TalosRequest,
  now: number,
): Promise<TalosAnswer> {
  try {
    if (world.faults.take('unavailable', request.method)) throw lost;
    const target = findTarget(world, request, now);
    if (!target.settings && !maintenanceMethods.includes(request.method)) {
      throw new GrpcError('Unimplemented', 'API is not implemented in maintenance mode');
    }
    const roles = rolesOf(request);
    // Who may configure a node that has no configuration yet is said by the list above.
    if (target.settings) demandCaller(request.method, roles);
    const result = await handle(request, { world, node: target, roles, now });
    world.advance(now);
    if (world.faults.take('reset-hangs', request.method)) return await neverAnswered();
    if (world.faults.take('answer-lost', request.method)) throw lost;
    return { result: world.faults.take('truncated', request.method) ? half(result) : result };
  } catch (error) {
    const { code, atEndpoint } =
      error instanceof GrpcError ? error : { code: 'Unknown' as const, atEndpoint: false };
    return { failure: { code, message: messageOf(error), atEndpoint } };
  }
}

function handle(
  request: TalosRequest,
  context: Parameters<Handlers['Version']>[0],
): Promise<unknown> {
  // The table pairs each method with its own parameters; the compiler cannot follow that here.
  const handler = handlers[request.method] as (
    context: Parameters<Handlers['Version']>[0],
    parameters: unknown,
  ) => unknown;
  return Promise.resolve(handler(context, JSON.parse(request.body) as unknown));
}

/** The first half of every text and list of an answer. */
function half(result: unknown): unknown {
  const entries = Object.entries(result as object).map(([key, value]: [string, unknown]) => {
    const isLong = typeof value === 'string' || Array.isArray(value);
    return [key, isLong ? value.slice(0, Math.floor(value.length / 2)) : value];
  });
  return Object.fromEntries(entries);
}

/** The real talosctl tracks a node that is off for as long as its `--timeout` says. */
function neverAnswered(): Promise<never> {
  return new Promise(() => undefined);
}
