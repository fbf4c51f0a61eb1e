/** How a part of the sandbox relates to the real thing. */
export interface Coverage {
  readonly subject: string;
  /**
   * `simulated`: acts as the real one. `simplified`: acts, but differs as the note says.
   * `stored only`: taken and kept, without any effect. `refused`: answered with an error.
   */
  readonly how: 'simulated' | 'simplified' | 'stored only' | 'refused';
  /** What a user has to know: how it differs, or what happens instead. */
  readonly note: string;
}
