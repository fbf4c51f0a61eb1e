import { posix } from 'node:path';
import ts from 'typescript';
import type { SourceText } from './source-files.js';

/** One import, re-export, dynamic import or `import('…')` type of a file. */
export interface Import {
  /** A package, or the path of a source file relative to `src/`. */
  readonly target: string;
  readonly relative: boolean;
  /** It leaves nothing behind at run time. */
  readonly typeOnly: boolean;
}

/** What a file imports, and the globals of the machine that it uses. */
export interface Uses {
  readonly imports: readonly Import[];
  /** As `setTimeout`, `Date.now`, `process.env`, `new Date()`; `import(…)` with a computed name. */
  readonly globals: readonly string[];
}

const objectsOfInterest: ReadonlySet<string> = new Set([
  'process',
  'Date',
  'performance',
  'AbortSignal',
  'console',
]);
const functionsOfInterest: ReadonlySet<string> = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'require',
]);

/** Reads a file with the compiler's own parser, so that comments and texts do not count. */
export function usesOf({ path, text }: SourceText): Uses {
  const imports: Import[] = [];
  const globals = new Set<string>();
  const add = (specifier: string, typeOnly: boolean): void => {
    imports.push(toImport(path, specifier, typeOnly));
  };
  const visit = (node: ts.Node): void => {
    const imported = importOf(node);
    if (imported === 'computed') globals.add('import(…)');
    else if (imported) add(imported.specifier, imported.typeOnly);
    const used = globalOf(node);
    if (used !== undefined) globals.add(used);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true));
  return { imports, globals: [...globals] };
}

function toImport(from: string, specifier: string, typeOnly: boolean): Import {
  if (!specifier.startsWith('.')) return { target: specifier, relative: false, typeOnly };
  const target = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  return { target, relative: true, typeOnly };
}

interface FoundImport {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importOf(node: ts.Node): FoundImport | 'computed' | undefined {
  if (ts.isImportDeclaration(node)) {
    return literal(node.moduleSpecifier, isTypeClause(node.importClause));
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return literal(node.moduleSpecifier, node.isTypeOnly);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return literal(node.argument.literal, true);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return literal(node.arguments[0], false);
  }
  return undefined;
}

function literal(node: ts.Node | undefined, typeOnly: boolean): FoundImport | 'computed' {
  if (node && ts.isStringLiteralLike(node)) return { specifier: node.text, typeOnly };
  return 'computed';
}

/** `import type { A }`, and `import { type A, type B }`, which is gone after compilation as well. */
function isTypeClause(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function globalOf(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && isNamed(node.expression, 'Date')) {
    return (node.arguments ?? []).length === 0 ? 'new Date()' : undefined;
  }
  if (!ts.isIdentifier(node) || isOnlyAName(node)) return undefined;
  if (functionsOfInterest.has(node.text)) return node.text;
  if (!objectsOfInterest.has(node.text)) return undefined;
  const owner = ownerOf(node);
  const member = memberOf(owner);
  if (member !== undefined) return `${node.text}.${member}`;
  // `const { env } = process` and `run(process)` take members out of sight.
  const taken = ts.isVariableDeclaration(owner.parent) && owner.parent.initializer === owner;
  return taken || node.text === 'process' ? `${node.text}.*` : undefined;
}

/** `process`, or `globalThis.process` as a whole. */
function ownerOf(node: ts.Identifier): ts.Node {
  const { parent } = node;
  return ts.isPropertyAccessExpression(parent) && parent.name === node ? parent : node;
}

function memberOf(node: ts.Node): string | undefined {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) return parent.name.text;
  if (!ts.isElementAccessExpression(parent) || parent.expression !== node) return undefined;
  return ts.isStringLiteralLike(parent.argumentExpression) ? parent.argumentExpression.text : '*';
}

/** True for `server.setTimeout`, `{ fetch: … }`, `fetch(): …` and the like: no global is meant. */
function isOnlyAName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return !isNamed(parent.expression, 'globalThis');
  }
  if (ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent)) return true;
  return 'name' in parent && parent.name === node && !ts.isImportSpecifier(parent);
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}
