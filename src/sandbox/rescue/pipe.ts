/** Where a command writes to; false: nobody reads there any more. */
export interface Sink {
  write(chunk: Buffer): Promise<boolean>;
}

/** A pipe between two commands: the writer is at most one part ahead of the reader. */
export class Pipe implements Sink {
  readonly #parts: Buffer[] = [];
  #ended = false;
  #abandoned = false;
  #waiting: (() => void)[] = [];

  async write(chunk: Buffer): Promise<boolean> {
    while (this.#parts.length > 0 && !this.#abandoned) await this.#change();
    if (this.#abandoned) return false;
    this.#parts.push(chunk);
    this.#changed();
    return true;
  }

  /** The next part; undefined when the writer has ended. */
  async read(): Promise<Buffer | undefined> {
    while (this.#parts.length === 0 && !this.#ended) await this.#change();
    const part = this.#parts.shift();
    this.#changed();
    return part;
  }

  /** The writer closes it. */
  end(): void {
    this.#ended = true;
    this.#changed();
  }

  /** The reader is gone. */
  abandon(): void {
    this.#abandoned = true;
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
