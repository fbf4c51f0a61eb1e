import { OxideError } from '../../lib/errors.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { openSsh, SshError, type RemoteOutput, type SshSession } from '../../tools/ssh.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';
import type { Builder } from './builder.js';

/** How long the rescue system may take until it lets oxide in. */
const bootMs = 5 * 60_000;
/** How long it may refuse the key: it may still be putting it in place. */
const refusedMs = 60_000;

/** Boots the temporary server into the rescue system. */
export async function startRescue(ctx: FlowContext, builder: Builder, io: StepIo): Promise<void> {
  const { hetzner, actions } = ctx;
  const told = (fact: string): void => {
    io.detail(fact);
  };
  const { id, name, sshKeyId } = builder;
  await actions.wait(await hetzner.enableRescue(id, [sshKeyId]), name, told);
  await actions.wait(await hetzner.powerOn(id), name, told);
}

/** Told of each piece of standard output as it comes. */
type OnOutput = (piece: string) => void;

/** Commands on the temporary server; who answered first is the only one that is spoken to. */
export class RescueShell {
  readonly #ctx: FlowContext;
  readonly #builder: Builder;
  readonly #io: StepIo;
  #session: SshSession | undefined;
  #hostKey: string | undefined;
  #refusedSince: number | undefined;

  constructor(ctx: FlowContext, builder: Builder, io: StepIo) {
    this.#ctx = ctx;
    this.#builder = builder;
    this.#io = io;
  }

  /** Runs a command. The connection may break: the next command makes another. */
  async run(command: string, onOutput?: OnOutput): Promise<RemoteOutput> {
    const session = (this.#session ??= await this.#connect());
    try {
      return await session.run(command, onOutput);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  async #connect(): Promise<SshSession> {
    const hint =
      'The temporary server did not come up in its rescue system, or a firewall in between keeps its port 22 closed, or this machine has another public address by now. The same command makes another one.';
    const options = waitOptions(this.#ctx, this.#io, { timeoutMs: bootMs, hint });
    const session = await waitFor(`SSH on ${this.#builder.name}`, () => this.#probe(), options);
    if (this.#hostKey === undefined) {
      this.#hostKey = session.hostKey;
      this.#io.note(
        `The temporary server ${this.#builder.name} has the SSH host key ${fingerprint(session.hostKey)}: nobody else is spoken to.`,
      );
    }
    return session;
  }

  async #probe(): Promise<Probe<SshSession>> {
    const { clock, signal, endpoints } = this.#ctx;
    const { address, privateKey } = this.#builder;
    const target = { host: address, user: 'root', privateKey, signal };
    const way = { hostKey: this.#hostKey, proxy: endpoints.nodeProxy };
    try {
      return { ready: await clock.during(() => openSsh({ ...target, ...way })) };
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      if (error.obstacle === 'other-host') throw hopeless(error, 'Somebody may be in between.');
      if (error.obstacle === 'refused') {
        this.#refusedSince ??= clock.steady();
        if (clock.steady() - this.#refusedSince >= refusedMs) {
          throw hopeless(error, 'The temporary server was not given the key of this build.');
        }
      }
      return { waiting: error.message, cause: error };
    }
  }
}

function hopeless(cause: SshError, why: string): OxideError {
  return new OxideError(cause.message, {
    hint: `${why} Nothing is kept of it; the same command makes the image anew.`,
    cause,
  });
}

/** As OpenSSH shows it. */
function fingerprint(hex: string): string {
  return `SHA256:${Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '')}`;
}
