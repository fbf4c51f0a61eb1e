import { z } from 'zod';
import { markdownTable } from '../lib/markdown-table.js';
import { describedSchema, type SchemaNode } from './described-schema.js';
import { extensionPattern } from './extensions.js';
import { clusterSchema } from './schema.js';

const intro = `# cluster.yaml

Every key of \`cluster.yaml\`, generated from the schema that oxide checks the file with. Keys without a
default and not marked as required may be left out. A key without a value counts as left out. Unknown
keys are errors.

Text needs no quotes where YAML reads it as something else: \`version: 1.10\` and a label \`zone: 012\` are the
texts that stand there. Numbers are written in plain digits, and true and false so: \`012\` and \`yes\` are not the
same to every reader of YAML.

What several pools have in common is written once and merged with \`<<\`; keys of the top level that begin with
\`x-\` are not looked at and give it a place:

\`\`\`yaml
x-pool: &pool
  server_type: cx33
  locations: [nbg1, fsn1]
workers:
  - { <<: *pool, name: web, count: 3 }
  - { <<: *pool, name: batch }
\`\`\`

A complete file is in [cluster.example.yaml](../cluster.example.yaml). The smallest one:

\`\`\`yaml
cluster_name: demo
hcloud:
  location: nbg1
control_planes:
  - name: control-plane
    server_type: cx23
\`\`\`
`;

/** docs/configuration.md: every key of cluster.yaml with its type, default, rules and meaning. */
export function renderReference(): string {
  const sections = sectionsOf('', describedSchema());
  return [intro, ...sections.map(renderSection)].join('\n');
}

/** The JSON Schema of cluster.yaml, for editors. */
export function jsonSchema(): object {
  return z.toJSONSchema(clusterSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema: node, path }) => {
      delete node['rule'];
      if (path.length === 0) node.patternProperties = { [extensionPattern]: {} };
    },
  });
}

interface Section {
  /** As \`hcloud.network\`, or \`workers[]\`; empty for the top level. */
  readonly path: string;
  readonly node: SchemaNode;
}

/** The mapping itself and every mapping in it that has named keys, outermost first. */
function sectionsOf(path: string, node: SchemaNode): readonly Section[] {
  const inner = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const childPath = path === '' ? key : `${path}.${key}`;
    if (child.properties) return sectionsOf(childPath, child);
    return child.items?.properties ? sectionsOf(`${childPath}[]`, child.items) : [];
  });
  return [{ path, node }, ...inner];
}

function renderSection({ path, node }: Section): string {
  const rows = Object.entries(node.properties ?? {}).map(([key, child]) => [
    `\`${key}\``,
    typeName(child),
    defaultOf(child, node.required?.includes(key) ?? false),
    [child.description, child.rule].filter((text) => text !== undefined).join(' '),
  ]);
  const heading = path === '' ? 'Top level' : `\`${path}\``;
  const about = node.description === undefined ? '' : `${node.description}\n\n`;
  return `## ${heading}\n\n${about}${markdownTable([['Key', 'Type', 'Default', 'Meaning'], ...rows])}`;
}

function typeName(node: SchemaNode): string {
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.anyOf) return [...new Set(node.anyOf.map(typeName))].join(' or ');
  switch (node.type) {
    case 'string':
      return 'text';
    case 'integer':
      return 'whole number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return node.items?.properties ? 'list of mappings' : `list of ${typeName(node.items ?? {})}`;
    default:
      return 'mapping';
  }
}

function defaultOf(node: SchemaNode, required: boolean): string {
  if (required) return 'required';
  if (node.default === undefined || node.properties) return '';
  return `\`${typeof node.default === 'string' ? node.default : JSON.stringify(node.default)}\``;
}
