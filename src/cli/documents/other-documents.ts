import { z } from 'zod';
import { ExitCode } from '../../lib/errors.js';
import { plan } from './cluster-documents.js';
import { cluster, errorCode, notes, text, texts, warnings } from './parts.js';

const exitCode = z.literal(Object.values(ExitCode));

const failure = z.strictObject({
  code: errorCode.describe('See the table of codes.'),
  message: text.describe('The same text as for people.'),
  hint: text.nullable().describe('The next step, the same text as for people.'),
  exitCode,
  problems: z
    .array(
      z.strictObject({
        file: text,
        line: z.int(),
        column: z.int(),
        path: text.describe('As `workers.0.count`; empty: the file as a whole.'),
        reason: text,
      }),
    )
    .optional()
    .describe('With `config.invalid`: the mistakes with their places.'),
});

export const error = z.strictObject({ error: failure });

export const kubeconfig = z.strictObject({
  cluster,
  kubeconfig: text.describe('Path of the file.'),
  endpoint: text.describe('Address of the Kubernetes API in it.'),
  merged: z
    .strictObject({ path: text, context: text, backup: text.nullable() })
    .nullable()
    .describe('With `--merge`: your own kubeconfig, and where the copy of the former one is.'),
});

export const talosconfig = z.strictObject({
  cluster,
  talosconfig: text.describe('Path of the file.'),
  endpoints: texts.describe('Public addresses of the control planes.'),
});

export const access = z.strictObject({
  cluster,
  firewall: text,
  before: texts.describe('Who reached both APIs.'),
  after: texts.describe('Who reaches them then.'),
  changed: z.boolean(),
  warnings,
});

const caFingerprint = text.describe("Of the cluster's certificate authority.");

export const exported = z.strictObject({
  cluster,
  file: text,
  contents: texts,
  caFingerprint,
});

export const imported = z.strictObject({
  cluster,
  file: text,
  caFingerprint,
  written: texts.describe('Paths.'),
  kept: texts.describe('Paths of files that were there already, and the same.'),
  comparison: z
    .union([
      z.strictObject({ is: z.enum(['same', 'no-network', 'no-cluster']) }),
      z.strictObject({ unknown: text }),
    ])
    .describe('With the cluster at Hetzner; `unknown` says why there was none.'),
});

export const validated = z.strictObject({
  valid: z.literal(true),
  cluster,
  machineConfigs: z
    .union([
      z.strictObject({ checked: z.literal(true), pools: z.int() }),
      z.strictObject({ checked: z.literal(false), why: text }),
    ])
    .describe('Whether talosctl has checked the machine configurations.'),
  firewall: z.strictObject({
    effectiveRules: z.int(),
    most: z.int().describe("Hetzner's limit."),
    own: z.boolean().describe('True: the own addresses will be added.'),
  }),
  notes,
  warnings,
});

export const initialized = z.strictObject({ file: text.describe('The file that was written.') });

export const written = z.strictObject({ file: text, format: text });

export const sandboxAccess = z.strictObject({
  bin: text.describe("Folder of the sandbox's tools, for the PATH."),
  variables: z.record(text, text).describe('For the environment.'),
});

export const forgotten = z.strictObject({ folder: text, forgotten: z.literal(true) });

export const versionDocument = z.strictObject({ version: text });

const option = z.strictObject({
  flags: text,
  summary: text,
  required: z.boolean(),
  default: text.nullable(),
  choices: texts.nullable(),
});

export const help = z.strictObject({
  commands: z.array(
    z.strictObject({
      name: text,
      summary: text,
      details: texts,
      arguments: z.array(z.strictObject({ name: text, summary: text, choices: texts.nullable() })),
      options: z.array(option),
      examples: z.array(z.strictObject({ command: text, what: text })),
      variables: texts.describe('Of the environment, beside those of every command.'),
      exitCodes: z.array(z.strictObject({ code: exitCode, meaning: text })),
    }),
  ),
  options: z.array(option).describe('Those of every command.'),
});

const time = text.describe('When, by the clock of this machine (ISO 8601).');
const step = z.int().describe('Which step: the same number from its beginning to its end.');
const elapsedMs = z.int().describe('Since the step began; simulated in a rehearsal.');

export const progress = z.discriminatedUnion('type', [
  z.strictObject({ time, type: z.literal('step-began'), step, message: text }),
  z.strictObject({ time, type: z.literal('fact'), step, message: text, elapsedMs }),
  z.strictObject({
    ...{ time, type: z.literal('step-ended'), step, message: text, elapsedMs },
    summary: text.nullable().describe('What came out.'),
    unmet: z.boolean().describe('It ended without what it asked for, and the run goes on.'),
  }),
  z.strictObject({ time, type: z.literal('step-failed'), step, message: text, elapsedMs }),
  z.strictObject({
    time,
    type: z.enum(['note', 'warning', 'debug', 'text']),
    message: text,
  }),
  z.strictObject({
    time,
    type: z.literal('plan'),
    message: text,
    plan: plan.describe('The document `plan`.'),
  }),
  z.strictObject({
    time,
    type: z.literal('error'),
    message: text,
    error: failure.describe('As in the document `error`.'),
  }),
]);
