import type { ToolError } from './tool-error.js';

/** Lines that only say that something follows. */
const noise = [/^\d+ errors? occurred:$/, /^\* \S+: \d+ errors? occurred:$/];

const beginnings =
  /^(error parsing config JSON patch: |failed to generate config bundle: error patching (worker config|control plane configs): )/;

/**
 * Why talosctl refuses a machine configuration or a patch of it, in its own words and without what
 * it wraps them in. The lines of an excerpt keep their indentation.
 */
export function configRefusal({ reasonLines }: ToolError): string {
  const reasons = reasonLines
    .map((line) => line.replace(/^\t+(?=\* )/, ''))
    .filter((line) => !noise.some((pattern) => pattern.test(line)))
    .map((line) => line.replace(/^\* /, '').replace(beginnings, ''));
  // A list within a list: what it is about goes before its entries.
  return reasons.join('\n').replace(/: \d+ errors? occurred:\n/g, ': ');
}

/** Whether the tool ended by itself and refused, as opposed to being ended or not started. */
export function refusedByItself({ failure }: ToolError): boolean {
  const { timedOut, signal, exitCode } = failure;
  return !timedOut && signal === undefined && exitCode !== undefined;
}
