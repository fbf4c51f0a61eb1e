/** An expression that was read: what it does, with where it stands (from 1). */
export type CelNode =
  | { readonly kind: 'literal'; readonly type: string; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'field'; readonly of: CelNode; readonly name: string; readonly at: number }
  | { readonly kind: 'list' | 'map'; readonly items: readonly CelNode[]; readonly at: number }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly target?: CelNode;
      readonly args: readonly CelNode[];
      readonly at: number;
    };

/** A text that is no expression, or one that does not fit its types. */
export class CelError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

interface Token {
  readonly kind: 'name' | 'literal' | 'mark' | 'end';
  readonly text: string;
  readonly type: string;
  readonly at: number;
}

const tokens =
  /\s+|\/\/[^\n]*|(?<double>\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.\d+(?:[eE][-+]?\d+)?)|(?<uint>(?:0x[\da-fA-F]+|\d+)[uU])|(?<int>0x[\da-fA-F]+|\d+)|(?<bytes>[bB](?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))|(?<string>[rR]?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(?<name>[A-Za-z_]\w*)|(?<mark>&&|\|\||[=!<>]=|\.\?|\[\?|[-+*/%!<>?:.,()[\]{}])/y;

function tokenize(source: string): Token[] {
  const found: Token[] = [];
  tokens.lastIndex = 0;
  while (tokens.lastIndex < source.length) {
    const at = tokens.lastIndex + 1;
    const match = tokens.exec(source);
    if (!match) {
      const char = JSON.stringify(source[at - 1]).replace(/^"|"$/g, '');
      throw new CelError(`Syntax error: token recognition error at: '${char}'`, at);
    }
    const groups = Object.entries((match.groups ?? {}) as Record<string, string | undefined>);
    const [type, text] = groups.find(([, value]) => value !== undefined) ?? [];
    if (type === undefined || text === undefined) continue;
    const isWord = ['true', 'false', 'null'].includes(text) && type === 'name';
    const word = text === 'null' ? 'null_type' : 'bool';
    const kind = type === 'name' && !isWord ? 'name' : type === 'mark' ? 'mark' : 'literal';
    found.push({ kind, text, type: isWord ? word : type, at });
  }
  return [...found, { kind: 'end', text: '<EOF>', type: '', at: source.length + 1 }];
}

const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Reads an expression of the Common Expression Language. Throws {@link CelError}. */
export function parseCel(source: string): CelNode {
  const parser = new Parser(tokenize(source));
  const node = parser.expression();
  parser.end();
  return node;
}

class Parser {
  private index = 0;

  constructor(private readonly all: readonly Token[]) {}

  end(): void {
    if (this.next.kind === 'end') return;
    const isLast = this.all[this.index + 1]?.kind === 'end';
    throw this.unexpected('<EOF>', isLast ? 'extraneous' : 'mismatched');
  }

  expression(): CelNode {
    const condition = this.level(0);
    const { at } = this.next;
    if (!this.take('?')) return condition;
    const yes = this.level(0);
    this.demand(':');
    return { kind: 'call', name: '_?_:_', args: [condition, yes, this.expression()], at };
  }

  private level(depth: number): CelNode {
    const operators = levels[depth];
    if (!operators) return this.unary();
    let left = this.level(depth + 1);
    while (operators.includes(this.next.text) && this.next.kind !== 'literal') {
      const { text, at } = this.advance();
      left = { kind: 'call', name: `_${text}_`, args: [left, this.level(depth + 1)], at };
    }
    return left;
  }

  private unary(): CelNode {
    const { text, at } = this.next;
    if (this.next.kind !== 'mark' || (text !== '!' && text !== '-')) return this.member();
    this.advance();
    return { kind: 'call', name: `${text}_`, args: [this.unary()], at };
  }

  private member(): CelNode {
    let node = this.primary();
    for (;;) {
      const { text, at, kind } = this.next;
      if (kind !== 'mark') return node;
      if (text === '.' || text === '.?') node = this.selected(node);
      else if (text === '[' || text === '[?') {
        this.advance();
        node = {
          kind: 'call',
          name: text === '[' ? '_[_]' : '_[?_]',
          args: [node, this.expression()],
          at,
        };
        this.demand(']');
      } else return node;
    }
  }

  private selected(of: CelNode): CelNode {
    const { text, at } = this.advance();
    const name = this.name();
    if (text === '.?') return { kind: 'call', name: '_?._', args: [of], at };
    const open = this.next.at;
    if (!this.take('(')) return { kind: 'field', of, name, at };
    return { kind: 'call', name, target: of, args: this.list(')'), at: open };
  }

  private primary(): CelNode {
    const { kind, text, type, at } = this.next;
    if (kind === 'literal') {
      this.advance();
      return { kind: 'literal', type, at };
    }
    if (this.take('(')) {
      const inner = this.expression();
      this.demand(')');
      return inner;
    }
    if (this.take('[')) return { kind: 'list', items: this.list(']'), at };
    if (this.take('{')) return { kind: 'map', items: this.entries(), at };
    if (kind !== 'name' || text === 'in')
      throw this.unexpected("{'[', '{', '(', '.', '-', '!', …}");
    const name = this.name();
    const open = this.next.at;
    if (!this.take('(')) return { kind: 'name', name, at };
    return { kind: 'call', name, args: this.list(')'), at: open };
  }

  private list(end: string): CelNode[] {
    const items: CelNode[] = [];
    while (!this.take(end)) {
      items.push(this.expression());
      if (this.next.text !== end) this.demand(',');
    }
    return items;
  }

  private entries(): CelNode[] {
    const items: CelNode[] = [];
    while (!this.take('}')) {
      items.push(this.expression());
      this.demand(':');
      items.push(this.expression());
      if (this.next.text !== '}') this.demand(',');
    }
    return items;
  }

  private name(): string {
    if (this.next.kind !== 'name') throw this.unexpected('IDENTIFIER');
    return this.advance().text;
  }

  private get next(): Token {
    const last = this.all[this.all.length - 1];
    return this.all[this.index] ?? (last as Token);
  }

  private advance(): Token {
    const token = this.next;
    this.index++;
    return token;
  }

  private take(mark: string): boolean {
    if (this.next.kind !== 'mark' || this.next.text !== mark) return false;
    this.index++;
    return true;
  }

  private demand(mark: string): void {
    if (!this.take(mark)) throw this.unexpected(`'${mark}'`);
  }

  private unexpected(wanted: string, how = 'mismatched'): CelError {
    const { text, at } = this.next;
    const shown = text === '<EOF>' ? text : `'${text}'`;
    return new CelError(`Syntax error: ${how} input ${shown} expecting ${wanted}`, at);
  }
}
