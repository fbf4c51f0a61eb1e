import ts from 'typescript';
import { commandIn } from './messages.js';
import type { SourceText } from './source-files.js';

/** A command that a text of the source names, with `…` for what is inserted: `oxide scale …`. */
export interface NamedCommand {
  readonly path: string;
  readonly tag: 'oxide' | 'tool';
  readonly typed: string;
}

/** Every command that is named in a text, as it is written out. */
export function namedCommands({ path, text }: SourceText): readonly NamedCommand[] {
  const found: NamedCommand[] = [];
  const visit = (node: ts.Node): void => {
    const command = commandIn(node);
    if (command) found.push({ path, ...command });
    ts.forEachChild(node, visit);
  };
  visit(parse({ path, text }));
  return found;
}

/** Help and docs/json.md say how commands are called, and a rule's description at Hetzner is a name. */
const helpers = [
  ...['cli/tree/', 'cli/help.ts', 'cli/documents/'],
  'cluster/network/firewall-limits.ts',
];
const own =
  /\boxide (?:--sandbox )?(?:create|status|scale|destroy|init|validate|kubeconfig|talosconfig|reference|firewall allow|image (?:list|delete|prune)|secrets (?:ex|im)port|sandbox [a-z])/;
const ofTools =
  /\b(?:kubectl --kubeconfig|talosctl --(?:talosconfig|nodes)|kubectl (?:get|delete|uncordon|logs|edit|taint)|talosctl (?:get|patch|upgrade|etcd|health|apply-config)|hcloud [a-z-]+ [a-z])/;

/** Commands in texts that nothing writes out with the flags of the run: `file: text`. */
export function bareCommands({ path, text }: SourceText): readonly string[] {
  if (path.startsWith('sandbox/') || helpers.some((one) => path.startsWith(one))) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (commandIn(node)) return;
    if (isText(node) && (own.test(node.text) || ofTools.test(node.text))) {
      found.push(`${path}: ${node.text.trim()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse({ path, text }));
  return found;
}

function isText(
  node: ts.Node,
): node is ts.StringLiteralLike | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node)
  );
}

function parse({ path, text }: SourceText): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}
