interface Waiting {
  readonly isAlone: () => boolean;
  readonly enter: () => void;
}

/** Orders under way at most: as many as the client has connections. */
const widest = 10;

/**
 * Lets orders out in the order of their coming: one alone while nobody knows how Hetzner answers,
 * then twice as many after each success, up to ten, and one again after a refusal.
 */
export class OrderWindow {
  #size = 1;
  #running = 0;
  /** One that runs alone is under way. */
  #closed = false;
  readonly #queue: Waiting[] = [];

  /**
   * Sends an order when it is its turn; one that brings nothing was refused. `isAlone`, asked at
   * that moment: nothing else may be under way with it. One that was refused and comes again goes
   * `first`.
   */
  async pass<T>(
    order: () => Promise<T | undefined>,
    isAlone: () => boolean,
    first = false,
  ): Promise<T | undefined> {
    await new Promise<void>((enter) => {
      const waiting = { isAlone, enter };
      if (first) this.#queue.unshift(waiting);
      else this.#queue.push(waiting);
      this.#admit();
    });
    try {
      const result = await order();
      this.#size = result === undefined ? 1 : Math.min(widest, 2 * this.#size);
      return result;
    } catch (error) {
      this.#size = 1;
      throw error;
    } finally {
      this.#running--;
      this.#closed = false;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#queue;
      if (!next || this.#closed || this.#running >= this.#size) return;
      const alone = next.isAlone();
      if (alone && this.#running > 0) return;
      this.#queue.shift();
      this.#running++;
      this.#closed = alone;
      next.enter();
    }
  }
}
