import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Fault } from '../../src/sandbox/faults.js';
import type { Clock } from '../../src/lib/wait.js';
import type { Invocation } from '../../src/tools/exec.js';
import { failed, type ToolEnd } from '../helpers/tool-doubles.js';
import type { RequestPlace } from './places.js';

/** What goes wrong with a request, and whether it happens to the same request again and again. */
export interface RequestFault {
  readonly name: string;
  readonly fault: Fault;
  /** Until the run ends; once unless said. */
  readonly lasting?: true;
}

const status = (code: string, number: number): Fault => ({ kind: 'status', status: number, code });

/** Once: everything that the API and the way to it are known to do. */
const onceFaults: readonly RequestFault[] = [
  { name: '429', fault: status('rate_limit_exceeded', 429) },
  { name: '409 conflict', fault: status('conflict', 409) },
  { name: '423 locked', fault: status('locked', 423) },
  { name: '412 resource_unavailable', fault: status('resource_unavailable', 412) },
  { name: '502 with HTML', fault: { kind: 'html', status: 502 } },
  { name: '504', fault: status('timeout', 504) },
  { name: 'reset before', fault: { kind: 'reset', when: 'before' } },
  { name: 'reset after', fault: { kind: 'reset', when: 'after' } },
  { name: 'action error', fault: { kind: 'action-error' } },
  { name: 'slow action', fault: { kind: 'slow-action', factor: 20 } },
  {
    name: 'unknown fields',
    fault: { kind: 'extra-fields', fields: { parent_id: 7, brand_new: { nested: [null] } } },
  },
];

/** Faults that end a run although it tries again. */
const stoppingNames = [
  '429',
  '409 conflict',
  '412 resource_unavailable',
  '502 with HTML',
  'reset before',
  'reset after',
];

/** For the rest of the run: patience does not help, the run has to stop. */
const lastingFaults: readonly RequestFault[] = onceFaults
  .filter(({ name }) => stoppingNames.includes(name))
  .map(({ name, fault }) => ({ name: `${name}, lasting`, fault, lasting: true }));

/**
 * Whether the request has had no effect: such faults leave the same world behind. What the client
 * makes of each of them is proven with the client. A look never has one.
 */
export function isWithoutEffect({ fault }: RequestFault, isLook: boolean): boolean {
  if (fault.kind === 'reset') return isLook || fault.when === 'before';
  return fault.kind === 'status' || fault.kind === 'html';
}

/** Whether a run goes on after it: what is added to an answer is overlooked, what passes is tried again. */
export function isPassing(fault: RequestFault, isLook: boolean): boolean {
  if (fault.fault.kind === 'extra-fields') return true;
  const isFinal = fault.fault.kind === 'status' && fault.fault.code === 'resource_unavailable';
  return !fault.lasting && !isFinal && isWithoutEffect(fault, isLook);
}

const isAboutActions = ({ fault }: RequestFault): boolean =>
  fault.kind === 'action-error' || fault.kind === 'slow-action';

/** Whether a call of a tool only looks: then it is all the same how it fails. */
export function isLookingCall(kind: string): boolean {
  return /^(kubectl( --\S+ \S+)* (get|version)|helm (list|status|get|version)|talosctl (get|version|validate|list|etcd (members|status)))\b/.test(
    kind,
  );
}

/** A fault of an action needs an action; a lasting one is for writes, whose effects last. */
export function faultsFor({ method, beginsAction }: RequestPlace): readonly RequestFault[] {
  const once = onceFaults.filter((fault) => beginsAction || !isAboutActions(fault));
  return method === 'GET' ? once : [...once, ...lastingFaults];
}

type Happen = () => Promise<ToolEnd>;

export interface ToolFault {
  readonly name: string;
  /** All that the caller learns is that the call failed. */
  readonly onlyFails: boolean;
  strike(invocation: Invocation, happen: Happen, clock: Clock): Promise<ToolEnd>;
}

const standstills: ReadonlySet<string> = new Set(['gen', 'validate']);

export const toolFaults: readonly ToolFault[] = [
  {
    name: 'exit 1',
    onlyFails: true,
    strike: () => Promise.resolve(failed('Error: something went wrong\n')),
  },
  {
    name: 'hang',
    onlyFails: true,
    strike: async ({ args: [command = ''], timeoutMs }, _happen, clock) => {
      // The world stands still while configurations are generated.
      if (!standstills.has(command)) await clock.sleep(timeoutMs);
      return 'timeout';
    },
  },
  {
    // The worst moment: all of it has happened, and nobody hears of it.
    name: 'killed',
    onlyFails: true,
    strike: async (_invocation, happen) => {
      await happen();
      return { signal: 'SIGKILL', stdout: '' };
    },
  },
  {
    name: 'truncated',
    onlyFails: false,
    strike: async (invocation, happen) => {
      const end = await happen();
      for (const file of writtenBy(invocation)) halve(file);
      if (end === 'timeout' || 'signal' in end) return end;
      return { ...end, stdout: half(end.stdout) };
    },
  },
];

const half = (text: string): string => text.slice(0, Math.floor(text.length / 2));

/** Files that the call writes. */
function writtenBy({ args }: Invocation): string[] {
  const after = (word: string): string[] => {
    const at = args.indexOf(word);
    return at < 0 ? [] : args.slice(at + 1, at + 2);
  };
  return [
    ...after('--output-file'),
    ...after('--output'),
    ...after('kubeconfig'),
    ...after('snapshot'),
  ];
}

function halve(path: string): void {
  // `--output json` names no file.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  writeFileSync(path, half(readFileSync(path, 'utf8')));
}
