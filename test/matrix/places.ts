import type { RecordedRequest } from '../../src/sandbox/faults.js';
import type { Invocation } from '../../src/tools/exec.js';
import type { Rehearsal, Run } from '../helpers/rehearsal.js';
import type { Scenario } from './scenarios.js';
import { demandPromises, shapeOf, withoutAddresses, type Shape } from './shape.js';

/** The n-th request of its kind, or the n-th call of a tool of its kind. */
export interface Place {
  readonly kind: string;
  readonly nth: number;
}

export interface RequestPlace extends Place {
  readonly method: string;
  readonly path: RegExp;
  readonly beginsAction: boolean;
}

/** A run without faults: where faults can strike, and what has to come out. */
export interface CleanRun {
  readonly requests: readonly RequestPlace[];
  readonly calls: readonly Place[];
  readonly shape: Shape;
}

/** A look is repeated until something has happened: from this one on, each is like those before. */
const repeatedFrom = 4;

/** Whether a request is one of many looks, or a call one of many calls. */
export function isRepeated({ kind, nth }: Place): boolean {
  return nth >= repeatedFrom && !/^(POST|PUT|DELETE) /.test(kind);
}

/** A request without what differs from run to run. */
export function kindOfRequest({ method, path }: Pick<RecordedRequest, 'method' | 'path'>): string {
  return `${method} ${path.replaceAll(/\d+/g, '<id>')}`;
}

/** Runs the command where nothing goes wrong. */
export async function runClean(scenario: Scenario): Promise<CleanRun> {
  const rehearsal = await scenario.begin();
  const run = rehearsal.run();
  await scenario.command(run);
  const requests = numbered(
    rehearsal.faults.requests.map(({ method, path, begun }) => ({
      kind: kindOfRequest({ method, path }),
      method,
      path: new RegExp(`^${path.replaceAll(/\d+/g, '\\d+')}$`),
      beginsAction: begun > 0,
    })),
  );
  const calls = numbered(run.calls.map((call) => ({ kind: kindOf(call) })));
  const shape = await shapeFor(scenario, rehearsal, run);
  demandPromises(rehearsal, 0);
  await rehearsal.close();
  return { requests, calls, shape };
}

function numbered<T extends { readonly kind: string }>(all: readonly T[]): (T & Place)[] {
  const seen = new Map<string, number>();
  return all.map((one) => {
    const nth = (seen.get(one.kind) ?? 0) + 1;
    seen.set(one.kind, nth);
    return { ...one, nth };
  });
}

/** The words of a call, without what differs from run to run. */
export function kindOf({ tool, args }: Invocation): string {
  const words = args.map((word) =>
    word.replace(/^.*[/\\]/, '').replaceAll(/\d+(\.\d+){3}/g, '<ip>'),
  );
  return [tool, ...words].join(' ').replaceAll(/--kubeconfig kubeconfig |\.scratch-\w+/g, '');
}

/** The world afterwards, without what a command may leave one way or the other. */
export async function shapeFor(scenario: Scenario, rehearsal: Rehearsal, run: Run): Promise<Shape> {
  const shape = await shapeOf(rehearsal, scenario.leavesCluster ? run : undefined);
  return scenario.workersTakeAnyAddress ? withoutAddresses(shape) : shape;
}
