import { Writable } from 'node:stream';

/**
 * A terminal that remembers what a person would see: it follows line feeds, cursor moves and
 * clears, wraps at its width, and keeps no colours.
 */
export class Screen extends Writable {
  readonly isTTY = true;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;
  /** How often a line became longer than the screen is wide. */
  wraps = 0;

  constructor(readonly columns: number) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // eslint-disable-next-line no-control-regex -- escape sequences are what is taken away here
    for (const character of chunk.toString().replace(/\u001B\[[?0-9;]*[a-zA-Z]/g, '')) {
      if (character === '\n') this.#nextLine();
      else this.#put(character);
    }
    done();
  }

  cursorTo(column: number): void {
    this.#column = column;
  }

  moveCursor(columns: number, rows: number): void {
    this.#column += columns;
    this.#row += rows;
  }

  clearLine(): void {
    this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
  }

  /** The screen's lines; the spinner, whatever its phase, is a `*`. */
  get text(): string {
    return this.#lines
      .map((line) => line.trimEnd().replace(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏\-\\|/] /, '* '))
      .join('\n');
  }

  #nextLine(): void {
    this.#row += 1;
    this.#column = 0;
    this.#lines[this.#row] ??= '';
  }

  #put(character: string): void {
    if (this.#column >= this.columns) {
      this.wraps += 1;
      this.#nextLine();
    }
    const line = this.#lines[this.#row] ?? '';
    this.#lines[this.#row] =
      line.slice(0, this.#column).padEnd(this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }
}
