import { z } from 'zod';
import { errorCodes } from '../../lib/error-codes.js';
import { markdownTable } from '../../lib/markdown-table.js';
import { documents, type DocumentSpec } from './documents.js';
import { problem } from './parts.js';

const intro = `# What \`--json\` prints

With \`--json\` the result of a command is one JSON document on stdout, and nothing else is there. An error is one,
too, also one in the command line itself. Texts in it are the same as for people. Progress and questions go to stderr;
with \`--progress json\` each line there is one event as JSON, and nobody is asked anything: \`--yes\` answers.

Names do not change their meaning; new ones may come. The exit code says how a command ended. \`oxide sandbox demo\`,
\`oxide sandbox run\` and \`oxide sandbox shell\` hand their output to other programs and refuse \`--json\`.

This page is generated from the schemas with which the tests check every document that they see.
\`oxide reference --format documents-schema\` prints them as one JSON Schema, each under its name in \`$defs\`.
`;

/** A JSON Schema with every document under its name. */
export function documentsSchema(): object {
  const defs = Object.entries(documents).map(([name, { schema }]) => [name, schemaOf(schema)]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: Object.fromEntries(defs) as object,
  };
}

function schemaOf(schema: z.ZodType): Node {
  const node = z.toJSONSchema(schema) as Node & { $schema?: string };
  delete node.$schema;
  return node;
}

/** docs/json.md: every document with its fields, and the codes of errors. */
export function renderDocuments(): string {
  const codes = Object.entries(errorCodes).map(([code, meaning]) => [`\`${code}\``, meaning]);
  const sections = Object.entries<DocumentSpec>(documents).map(([name, spec]) =>
    sectionOf(name, spec),
  );
  const table = markdownTable([['Code', 'Meaning'], ...codes]);
  const problems = `## Codes of problems\n\nThose of \`problems[].code\` in a status: ${listed(problem.shape.code.options)}.\n`;
  return [intro, ...sections, `## Codes of errors\n\n${table}`, problems].join('\n');
}

function sectionOf(name: string, { title, commands, when, schema }: DocumentSpec): string {
  const calls = commands.map((command) => `\`oxide ${command}\``).join(', ');
  const by = [calls || 'Any command', when].filter((part) => part !== undefined).join(', ');
  // Of an event, these are documents of their own.
  const inner = name === 'progress' ? /^(plan|error)\./ : /^$/;
  const fields = fieldsOf(schemaOf(schema), '').filter(({ path }) => !inner.test(path));
  const rows = fields.map(({ path, type, meaning }) => [`\`${path}\``, type, meaning]);
  const table = markdownTable([['Field', 'Type', 'Meaning'], ...rows]);
  return `## ${title}\n\n\`${name}\`: ${by}.\n\n${table}`;
}

/** The parts of a JSON Schema that the documents use. */
interface Node {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly description?: string;
}

interface Field {
  readonly path: string;
  readonly type: string;
  readonly meaning: string;
}

/** All fields with their ways; those of alternatives once, with the types of all. */
function fieldsOf(node: Node, at: string): readonly Field[] {
  const alternatives = node.anyOf ?? node.oneOf;
  if (alternatives) return merged(alternatives.flatMap((one) => fieldsOf(one, at)));
  if (node.items) return fieldsOf(node.items, `${at}[]`);
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const path = at === '' ? key : `${at}.${key}`;
    const may = node.required?.includes(key) ? '' : ', may be missing';
    const field = { path, type: `${typeOf(child)}${may}`, meaning: child.description ?? '' };
    return [field, ...fieldsOf(child, path)];
  });
}

function merged(fields: readonly Field[]): readonly Field[] {
  const paths = [...new Set(fields.map(({ path }) => path))];
  return paths.map((path) => {
    const same = fields.filter((field) => field.path === path);
    const types = [...new Set(same.map(({ type }) => type))];
    const meaning = same.find((field) => field.meaning !== '')?.meaning ?? '';
    return { path, type: types.join(', '), meaning };
  });
}

function typeOf(node: Node): string {
  const { anyOf, oneOf, enum: words, const: only, items, type } = node;
  const alternatives = anyOf ?? oneOf;
  if (alternatives) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (words) return words.length > listedWords ? 'a code' : listed(words);
  if (only !== undefined) return `\`${String(only)}\``;
  if (items) return items.properties ? 'list of objects' : `list of ${typeOf(items)}`;
  const names = typeof type === 'string' ? [type] : (type ?? []);
  return names.map((name) => typeNames[name] ?? name).join(' or ') || 'anything';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
};

/** Longer lists of words have a section of their own. */
const listedWords = 20;

function listed(words: readonly unknown[]): string {
  return words.map((word) => `\`${String(word)}\``).join(', ');
}
