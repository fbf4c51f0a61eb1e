import type { IncomingHttpHeaders } from 'node:http';
import { wallClock } from '../../lib/wait.js';

/** Commands that reckon ages with the machine's clock and only show them; others get them as they are. */
const reckoning = ['kubectl describe', 'kubectl events'];

const times = /"(\w*(?:[tT]ime|Timestamp|[a-z]At))":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g;

/**
 * Moves the times of an answer so that they lie as far back from the machine's clock as from the
 * simulated one, for commands that would call every age invalid: the simulated time is ahead.
 */
export function shownTimes(
  headers: IncomingHttpHeaders,
  now: () => number,
): (text: string) => string {
  // kubectl says what it is used for (k8s.io/cli-runtime, genericclioptions/command_headers.go).
  if (!reckoning.includes(String(headers['kubectl-command']))) return (text) => text;
  const ahead = now() - wallClock();
  return (text) =>
    text.replace(times, (_all, field: string, time: string) => {
      const moved = new Date(Date.parse(time) - ahead).toISOString();
      // Fractions have six digits.
      const written = moved.replace(/\.(\d+)Z/, time.includes('.') ? '.$1000Z' : 'Z');
      return `"${field}":"${written}"`;
    });
}
