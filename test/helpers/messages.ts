import ts from 'typescript';
import type { SourceText } from './source-files.js';

/** Stands for whatever a template inserts. */
const anything = '…';

/** All texts of a file, each sum of texts as one, with `…` for what is inserted. */
export function textsOf({ path, text }: SourceText): readonly string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isText(node) && !(isSum(node.parent) || ts.isParenthesizedExpression(node.parent))) {
      texts.push(normalized(fold(node)));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true));
  return texts;
}

/** White space and neighbouring insertions count once. */
export function normalized(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/…+/g, anything);
}

/** A command that a text names by `oxide` or `tool`, with `…` for what is inserted. */
export function commandIn(node: ts.Node): { tag: 'oxide' | 'tool'; typed: string } | undefined {
  if (!ts.isTaggedTemplateExpression(node)) return undefined;
  const tag = node.tag.getText();
  if (tag === 'oxide') return { tag, typed: `oxide ${fold(node.template)}` };
  return tag === 'tool' ? { tag, typed: fold(node.template) } : undefined;
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || isSum(node);
}

function fold(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return fold(node.expression);
  if (ts.isTaggedTemplateExpression(node)) return commandIn(node)?.typed ?? anything;
  if (isSum(node)) return fold(node.left) + fold(node.right);
  if (!ts.isTemplateExpression(node)) return anything;
  const spans = node.templateSpans.map(({ expression, literal }) => {
    return `${commandIn(expression)?.typed ?? anything}${literal.text}`;
  });
  return node.head.text + spans.join('');
}
