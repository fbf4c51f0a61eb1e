import { visibleText } from '../lib/visible.js';

/**
 * A result as one JSON document, ending with a newline. Secrets in it show as `[redacted]`. Only ASCII
 * control characters are written out by JSON itself; what else a terminal would obey or hide is too.
 */
export function renderJson(result: unknown): string {
  return `${visibleText(JSON.stringify(result, undefined, 2))}\n`;
}
