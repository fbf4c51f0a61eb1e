import { readPrivateKey, publicKeyOf, signText } from '../pki.js';
import { createPublicKey } from 'node:crypto';
import { listErrors } from '../talos/machine-config/multi-error.js';
import { minorOf } from '../talos/machine-config/versions.js';
import {
  signedText,
  type TalosFailure,
  type TalosMethods,
  type TalosRequest,
} from '../talos/protocol.js';
import { CommandError, type CommandInvocation, type FlagSpec } from './command.js';
import { openTalosconfig, type TalosContext } from './talosconfig.js';

/** Flags of every command that calls a node. */
export const connectionFlags: readonly FlagSpec[] = [
  { name: 'talosconfig', kind: 'string' },
  { name: 'nodes', short: 'n', kind: 'list' },
  { name: 'endpoints', short: 'e', kind: 'list' },
  { name: 'cluster', short: 'c', kind: 'string' },
  { name: 'context', kind: 'string' },
  { name: 'siderov1-keys-dir', kind: 'string' },
];

type Method = keyof TalosMethods;

/** A failed call, as gRPC prints it. */
export class RpcError extends CommandError {
  constructor(readonly failure: TalosFailure) {
    super(`rpc error: code = ${failure.code} desc = ${failure.message}`);
  }
}

/** A way to the nodes that a command line names. */
export class TalosClient {
  constructor(
    readonly invocation: CommandInvocation,
    readonly nodes: readonly string[],
    readonly endpoints: readonly string[],
    private readonly context: TalosContext | undefined,
  ) {}

  /** Calls one node. Throws {@link RpcError}. */
  async call<M extends Method>(
    method: M,
    node: string,
    parameters: TalosMethods[M]['parameters'],
  ): Promise<TalosMethods[M]['result']> {
    const body = JSON.stringify(parameters);
    const endpoints = this.context ? this.endpoints : [node];
    const request: TalosRequest = { method, endpoints, body, ...(this.context ? { node } : {}) };
    const answer = await this.invocation.io.call({
      ...request,
      ...(this.context ? { credentials: credentialsFor(this.context, request) } : {}),
    });
    if ('failure' in answer) throw new RpcError(answer.failure);
    return answer.result as TalosMethods[M]['result'];
  }

  /** The only node of the command line. Throws when there are several. */
  oneNode(command: string): string {
    const [node = '', ...more] = this.nodes;
    if (more.length === 0) return node;
    throw new CommandError(`command "${command}" is not supported with multiple nodes`);
  }

  /**
   * Calls all nodes. Up to 1.13 talosctl fails only when every node does; failures of some are
   * warnings on stderr, and the command succeeds. Since 1.14 one that fails is enough.
   */
  async callAll<M extends Method>(
    method: M,
    parameters: TalosMethods[M]['parameters'],
    failedAt: string,
  ): Promise<{ node: string; result: TalosMethods[M]['result'] }[]> {
    const answered: { node: string; result: TalosMethods[M]['result'] }[] = [];
    const errors: NodeFailure[] = [];
    for (const node of this.nodes) {
      try {
        answered.push({ node, result: await this.call(method, node, parameters) });
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        errors.push({ node, error });
      }
    }
    if (errors.length === 0) return answered;
    const text = this.describe(errors);
    if (this.asksEachNode) throw new CommandError(text);
    if (answered.length === 0) throw new CommandError(`${failedAt}: ${text}`);
    this.invocation.stderr += `WARNING: ${text}`;
    return answered;
  }

  /** Calls one node whose answer nobody reads, as `callAll` otherwise. */
  async callOne<M extends Method>(
    method: M,
    node: string,
    parameters: TalosMethods[M]['parameters'],
  ): Promise<TalosMethods[M]['result']> {
    try {
      return await this.call(method, node, parameters);
    } catch (error) {
      throw error instanceof RpcError ? new CommandError(this.describe([{ node, error }])) : error;
    }
  }

  /** Since 1.14 each node is called by itself; before, one endpoint answered for all of them. */
  get asksEachNode(): boolean {
    return minorOf(this.invocation.io.version) >= 14;
  }

  /** Failures in the words of the real tool: an endpoint's own stands alone, nodes' are a list. */
  describe(errors: readonly NodeFailure[]): string {
    if (this.asksEachNode) {
      return errors
        .map(({ node, error }) => `error from node ${node}: ${error.message}`)
        .join('\n');
    }
    const own = errors.find(({ error }) => error.failure.atEndpoint);
    if (own) return own.error.message;
    return listErrors(errors.map(({ node, error }) => `${node}: ${error.message}`));
  }
}

/** A call that failed at a node, or on the way to it. */
export interface NodeFailure {
  readonly node: string;
  readonly error: RpcError;
}

/** The client that the talosconfig and the flags describe. */
export function connect(invocation: CommandInvocation): TalosClient {
  const config = openTalosconfig(invocation);
  const name = invocation.text('context') || config.context;
  const context = Object.hasOwn(config.contexts, name) ? config.contexts[name] : undefined;
  const given = invocation.list('endpoints');
  const endpoints = given.length > 0 ? given : (context?.endpoints ?? []);
  if (endpoints.length === 0) {
    throw new CommandError('error constructing client: failed to determine endpoints');
  }
  if (!context) {
    const why =
      name === '' && Object.keys(config.contexts).length === 0
        ? 'talos config file is empty'
        : `default context "${name}" not found in config`;
    throw new CommandError(
      'error constructing client: failed to create client connection: ' +
        `failed to resolve configuration context: ${why}`,
    );
  }
  const flagged = invocation.list('nodes');
  const nodes = flagged.length > 0 ? flagged : (context.nodes ?? []);
  if (nodes.length === 0) {
    throw new CommandError(
      'nodes are not set for the command: please use `--nodes` flag or configuration file to set the nodes to run the command against',
    );
  }
  return new TalosClient(invocation, nodes, endpoints, context);
}

/** A client without credentials, for nodes in maintenance mode: it dials the nodes themselves. */
export function connectInsecurely(invocation: CommandInvocation): TalosClient {
  const nodes = invocation.list('nodes');
  if (nodes.length === 0) throw new CommandError('failed to determine endpoints');
  return new TalosClient(invocation, nodes, nodes, undefined);
}

function credentialsFor(
  { ca = '', crt = '', key = '' }: TalosContext,
  request: TalosRequest,
): NonNullable<TalosRequest['credentials']> {
  const pem = { ca: decode(ca), crt: decode(crt), key: decode(key) };
  try {
    const own = createPublicKey(readPrivateKey(pem.key));
    if (!own.equals(publicKeyOf(pem.crt))) throw new Error('mismatch');
  } catch {
    throw new CommandError(
      'error constructing client: failed to create client connection: ' +
        'failed to acquire credentials: could not load client key pair: ' +
        'tls: private key does not match public key',
    );
  }
  return { ca: pem.ca, crt: pem.crt, signature: signText(signedText(request), pem.key) };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
