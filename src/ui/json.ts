/** A result as one JSON document, ending with a newline. Secrets in it show as `[redacted]`. */
export function renderJson(result: unknown): string {
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
