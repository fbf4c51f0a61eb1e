/** Points in simulated time at which something happens by itself, by a name of their owner's choice. */
export class Timers {
  readonly #due: Map<string, number>;

  constructor(saved?: unknown) {
    this.#due = new Map((saved as [string, number][] | undefined) ?? []);
  }

  /** Starts a timer unless it runs already. */
  start(name: string, at: number): void {
    if (!this.#due.has(name)) this.#due.set(name, at);
  }

  cancel(name: string): void {
    this.#due.delete(name);
  }

  /** True once, at or after the timer's time. */
  fires(name: string, now: number): boolean {
    const at = this.#due.get(name);
    if (at === undefined || at > now) return false;
    this.#due.delete(name);
    return true;
  }

  isRunning(name: string): boolean {
    return this.#due.has(name);
  }

  next(): number | undefined {
    let earliest: number | undefined;
    for (const at of this.#due.values()) if (at < (earliest ?? Infinity)) earliest = at;
    return earliest;
  }

  /** Drops the timers that are due: whoever they were for is gone. */
  dropDue(now: number): void {
    for (const [name, at] of this.#due) if (at <= now) this.#due.delete(name);
  }

  toJSON(): [string, number][] {
    return [...this.#due];
  }
}
