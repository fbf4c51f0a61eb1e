import { ask, HetznerRefusal } from '../../hetzner-client.js';
import { objectOr, type JsonObject } from '../../json.js';
import type { RunningProgram } from '../../programs/running.js';
import type { KubeState } from '../../state.js';

/** The codes of gRPC that the driver answers with. */
export type RpcCode =
  | 'AlreadyExists'
  | 'FailedPrecondition'
  | 'Internal'
  | 'InvalidArgument'
  | 'NotFound'
  | 'OutOfRange'
  | 'ResourceExhausted'
  | 'Unavailable';

/** What the driver answers when it fails, as its sidecars tell it. */
export class RpcError extends Error {
  constructor(
    readonly code: RpcCode,
    why: string,
  ) {
    super(`rpc error: code = ${code} desc = ${why}`);
  }
}

/** The driver of Hetzner's volumes, as it was set up when it started. */
export class StorageDriver {
  readonly token: string;
  /** Whose events its provisioner tells. */
  readonly provisioner: string;
  readonly #state: KubeState;
  readonly #env: Readonly<Record<string, string>>;

  constructor(state: KubeState, { record, pod }: RunningProgram) {
    this.#state = state;
    this.#env = record.env;
    this.token = record.env['HCLOUD_TOKEN'] ?? '';
    this.provisioner = `csi.hetzner.cloud_${record.pod}_${pod.metadata.uid}`;
  }

  /** Labels that all volumes get (internal/utils/labels.go). */
  get extraLabels(): Readonly<Record<string, string>> {
    const pairs = (this.#env['HCLOUD_VOLUME_EXTRA_LABELS'] ?? '').split(',').filter(Boolean);
    return Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
  }

  get(path: string): JsonObject {
    return ask(this.#state, { method: 'GET', path, token: this.token });
  }

  /** A volume by its id; undefined when there is none. */
  volume(handle: string): JsonObject | undefined {
    try {
      return objectOr(this.get(`/volumes/${handle}`)['volume']);
    } catch (error) {
      if (error instanceof HetznerRefusal && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  /** Begins something; the id of its action. */
  post(path: string, body: JsonObject): string {
    const answer = ask(this.#state, { method: 'POST', path, body, token: this.token });
    return String(objectOr(answer['action'])['id']);
  }

  remove(handle: string): void {
    ask(this.#state, { method: 'DELETE', path: `/volumes/${handle}`, token: this.token });
  }
}

/** What Hetzner refuses, as an answer of the driver; its own answers stay as they are. */
export function asRpc(error: Error, what?: string): RpcError {
  if (error instanceof RpcError) return error;
  const prefix = what === undefined ? '' : `${what}: `;
  const locked = error instanceof HetznerRefusal && error.code === 'locked';
  return locked
    ? new RpcError('Unavailable', `${prefix}server is locked`)
    : new RpcError('Internal', `${prefix}${error.message}`);
}
