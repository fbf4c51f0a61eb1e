/**
 * What time it is at Hetzner, told by the `Date` of its answers: two machines whose clocks differ
 * agree by it on what lies in the past.
 */
export class RemoteTime {
  #offset = 0;

  /** Learns from the header of an answer; `sent` and `received` are this machine's time, ms. */
  learn(date: string | undefined, sent: number, received: number): void {
    const told = Date.parse(date ?? '');
    if (Number.isNaN(told)) return;
    // The header leaves the fraction of its second out, and is as old as half of the way.
    this.#offset = told + 500 - (sent + received) / 2;
  }

  /** Milliseconds by which Hetzner's clock is ahead of this machine's; 0 before the first answer. */
  get offset(): number {
    return this.#offset;
  }
}
