/** A piece of a word. */
type Part =
  | { readonly text: string }
  | { readonly parameter: number }
  | { readonly statuses: true }
  /** `>(…)`: a file whose content goes to these commands. */
  | { readonly into: Script };

export type Word = readonly Part[];

export interface Command {
  readonly words: readonly Word[];
  /** `2>&3` */
  readonly redirects: readonly { readonly from: number; readonly to: number }[];
}

/** Pipelines, one after another. */
export type Script = readonly (readonly Command[])[];

/** What bash may know and this grammar does not. */
export class UnknownSyntax extends Error {}

/** Reads the part of bash's language that a build of an image needs. */
export function parseScript(text: string): Script {
  const reader = new Reader(text);
  const script = reader.script();
  if (!reader.atEnd()) throw new UnknownSyntax(reader.rest());
  return script;
}

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  rest(): string {
    return this.text.slice(this.#at);
  }

  script(): Script {
    const pipelines: Command[][] = [];
    for (;;) {
      const pipeline = [this.#command()];
      while (this.#take(/\|(?!\|)\s*/y)) pipeline.push(this.#command());
      pipelines.push(pipeline);
      if (!this.#take(/;\s*/y) || this.atEnd()) return pipelines;
    }
  }

  #command(): Command {
    this.#take(/\s*/y);
    const words: Word[] = [];
    const redirects: { from: number; to: number }[] = [];
    while (!this.atEnd() && !/[|;)]/.test(this.text[this.#at] ?? '')) {
      const redirect = this.#take(/(\d?)>&(\d)/y);
      if (redirect) redirects.push({ from: Number(redirect[1] || 1), to: Number(redirect[2]) });
      else words.push(this.#word());
      this.#take(/[ \t]*/y);
    }
    if (words.length === 0) throw new UnknownSyntax(this.rest());
    return { words, redirects };
  }

  #word(): Word {
    const parts: Part[] = [];
    while (!this.atEnd() && !/[\s|;)]/.test(this.text[this.#at] ?? '')) {
      parts.push(...this.#parts());
    }
    return parts;
  }

  #parts(): Part[] {
    if (this.#take(/>\(/y)) {
      const into = this.script();
      if (!this.#take(/\s*\)/y)) throw new UnknownSyntax(this.rest());
      return [{ into }];
    }
    const single = this.#take(/'([^']*)'/y);
    if (single) return [{ text: single[1] ?? '' }];
    const double = this.#take(/"([^"\\`]*)"/y);
    if (double) return expand(double[1] ?? '');
    const plain = this.#take(/\$\{[^}]*\}|\$\w+|[\w./:,=+%@^*-]+/y);
    if (!plain) throw new UnknownSyntax(this.rest());
    return expand(plain[0]);
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.#at += found[0].length;
    return found;
  }
}

function expand(text: string): Part[] {
  return text.split(/(\$\{[^}]*\}|\$\w*)/).flatMap((piece): Part[] => {
    if (piece === '') return [];
    if (!piece.startsWith('$')) return [{ text: piece }];
    if (piece === '${PIPESTATUS[*]}') return [{ statuses: true }];
    if (!/^\$\d$/.test(piece)) throw new UnknownSyntax(piece);
    return [{ parameter: Number(piece.slice(1)) }];
  });
}
