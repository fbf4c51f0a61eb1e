import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import {
  documents,
  type DocumentName,
  type DocumentSpec,
} from '../../src/cli/documents/documents.js';
import { documentsSchema } from '../../src/cli/documents/reference.js';
import { locate } from '../../src/cli/locate.js';
import { outputWishes } from '../../src/cli/output-wishes.js';

const validators = new Map<string, ValidateFunction>();
let ajv: Ajv2020 | undefined;

/** What a value lacks to be this document, in ajv's words; empty: nothing. */
export function documentProblems(name: DocumentName, value: unknown): readonly string[] {
  if (!ajv) {
    ajv = new Ajv2020({ strict: true, allErrors: true });
    ajv.addSchema(documentsSchema(), 'documents');
  }
  const validate = validators.get(name) ?? ajv.compile({ $ref: `documents#/$defs/${name}` });
  validators.set(name, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
}

/** Throws unless stdout and stderr hold what docs/json.md says for these arguments. */
export function demandDocuments(
  args: readonly string[],
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): void {
  const wishes = outputWishes(args);
  if (wishes.json && stdout !== '') demandResult(args, JSON.parse(stdout) as object);
  if (!wishes.jsonProgress) return;
  for (const line of stderr.trim().split('\n')) demand('progress', JSON.parse(line));
}

function demandResult(args: readonly string[], value: object): void {
  if ('error' in value) {
    demand('error', value);
    return;
  }
  const names = namesFor(args);
  const fitting = names.filter((name) => documentProblems(name, value).length === 0);
  if (fitting.length > 0 || '$schema' in value) return;
  demand(names[0] ?? 'error', value);
}

/** Those that the command may print; without one, those of help and version. */
function namesFor(args: readonly string[]): readonly DocumentName[] {
  const { command, help, version } = locate(args);
  if (version) return ['version'];
  if (help) return ['help'];
  const all = Object.entries<DocumentSpec>(documents) as [DocumentName, DocumentSpec][];
  return all.flatMap(([name, { commands }]) =>
    commands.includes(command?.name ?? '') ? name : [],
  );
}

function demand(name: DocumentName, value: unknown): void {
  const problems = documentProblems(name, value);
  if (problems.length === 0) return;
  throw new Error(
    `not what docs/json.md says of "${name}":\n${problems.join('\n')}\n${JSON.stringify(value)}`,
  );
}
