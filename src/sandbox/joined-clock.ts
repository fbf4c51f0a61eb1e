import type { DuringOptions } from '../lib/wait.js';
import { holdOpen, type Held } from './loopback.js';
import { ScaledClock } from './scaled-clock.js';
import { workPath, type SandboxInfo } from './server.js';

/**
 * The clock of a world that another process runs. While this process works, that one's clock is held
 * back as well, so that both show the same time, and a tool that computes costs the world as little
 * as in a rehearsal of one's own. Whenever they speak, this one catches up with the world's.
 */
export class JoinedClock extends ScaledClock {
  readonly #door: { readonly url: string; readonly token: string };
  /** Shared by all that works at the same time. */
  #held: Promise<Held | undefined> | undefined;
  #workers = 0;

  constructor(door: { readonly url: string; readonly token: string }, info: SandboxInfo) {
    super(info.speed, info.now);
    this.#door = door;
  }

  override async during<T>(work: () => Promise<T>, options: DuringOptions = {}): Promise<T> {
    if (options.waits) return work();
    return super.during(async () => {
      await this.#begin();
      try {
        return await work();
      } finally {
        await this.#end();
      }
    });
  }

  async #begin(): Promise<void> {
    this.#workers++;
    const { url, token } = this.#door;
    this.#held ??= holdOpen(`${url}${workPath}`, token);
    this.#follow(await this.#held);
  }

  async #end(): Promise<void> {
    this.#workers--;
    if (this.#workers > 0) return;
    const held = await this.#held;
    // Somebody else may have begun meanwhile, and goes on with the same one.
    if (this.#workers > 0 || this.#held === undefined) return;
    this.#held = undefined;
    this.#follow(await held?.release());
  }

  #follow(answer: { readonly now: number } | undefined): void {
    if (answer) this.catchUp(answer.now);
  }
}
