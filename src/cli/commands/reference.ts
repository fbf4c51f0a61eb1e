import { writeFile } from 'node:fs/promises';
import { jsonSchema, renderReference } from '../../config/reference.js';
import { ExitCode } from '../../lib/errors.js';
import { renderJson } from '../../ui/json.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface ReferenceOptions extends GlobalOptions {
  readonly format: 'markdown' | 'json-schema';
  readonly write?: string;
}

/** `oxide reference`: every key of cluster.yaml, for people or for editors. */
export async function referenceCommand(options: ReferenceOptions, io: CliIo): Promise<ExitCode> {
  const text = options.format === 'markdown' ? renderReference() : renderJson(jsonSchema());
  if (options.write === undefined) io.stdout.write(text);
  else await writeFile(options.write, text);
  return ExitCode.done;
}
