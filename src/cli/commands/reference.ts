import { writeFile } from 'node:fs/promises';
import { jsonSchema, renderReference } from '../../config/reference.js';
import { ExitCode } from '../../lib/errors.js';
import { renderJson } from '../../ui/json.js';
import type { CliIo, GlobalOptions } from '../io.js';

type Format = 'markdown' | 'json-schema' | 'documents' | 'documents-schema' | 'addons';

export interface ReferenceOptions extends GlobalOptions {
  readonly format: Format;
  readonly write?: string;
}

/** `oxide reference`: every key of cluster.yaml, for people or for editors. */
export async function referenceCommand(options: ReferenceOptions, io: CliIo): Promise<ExitCode> {
  const { json, write: file } = options;
  const format = json && file === undefined ? 'json-schema' : options.format;
  const text = await textOf(format);
  if (file === undefined) {
    io.stdout.write(text);
    return ExitCode.done;
  }
  await writeFile(file, text);
  if (json) io.stdout.write(renderJson({ file, format }));
  return ExitCode.done;
}

async function textOf(format: Format): Promise<string> {
  if (format === 'markdown') return renderReference();
  if (format === 'json-schema') return renderJson(jsonSchema());
  if (format === 'addons') return (await import('../documents/addons-page.js')).renderAddonsPage();
  const { documentsSchema, renderDocuments } = await import('../documents/reference.js');
  return format === 'documents' ? renderDocuments() : renderJson(documentsSchema());
}
