import { describe, expect, it } from 'vitest';
import { ActionError, createActionWaiter } from '../../src/hetzner/actions.js';
import type { Action } from '../../src/hetzner/resources.js';
import { InterruptedError, TimeoutError } from '../../src/lib/errors.js';
import { WarpClock } from '../helpers/warp-clock.js';

const action = (id: number, changes: Partial<Action> = {}): Action => ({
  id,
  command: 'create_server',
  status: 'running',
  progress: 30,
  resources: [{ id: 42, type: 'server' }],
  error: null,
  ...changes,
});

/** An API that knows the actions of each second; the last state stays. */
function setUp(...seconds: Action[][]) {
  const clock = new WarpClock();
  const interrupt = new AbortController();
  const asked: (readonly number[])[] = [];
  let low = false;
  const waiter = createActionWaiter({
    api: {
      actions: (ids) => {
        asked.push(ids);
        const now = (seconds.length > 1 ? seconds.shift() : seconds[0]) ?? [];
        return Promise.resolve(now.filter(({ id }) => ids.includes(id)));
      },
      budgetIsLow: () => low,
    },
    clock,
    signal: interrupt.signal,
    timeoutMs: 60_000,
  });
  return {
    ...{ waiter, clock, interrupt, asked },
    runLow: () => {
      low = true;
    },
  };
}

const done = (id: number): Action => action(id, { status: 'success', progress: 100 });

describe('the action waiter', () => {
  it('returns at once for what has succeeded already', async () => {
    const { waiter, asked } = setUp();
    await waiter.wait([done(1)], 'demo');
    expect(asked).toEqual([]);
  });

  it('polls everything that is pending together', async () => {
    const { waiter, asked } = setUp([done(1), action(2)], [done(2)]);
    await Promise.all([waiter.wait([action(1)], 'one'), waiter.wait([action(2)], 'two')]);
    expect(asked).toEqual([[1, 2], [2]]);
  });

  it('tells at each look what still runs, and nothing of what has ended', async () => {
    const { waiter } = setUp([action(1, { progress: 60 })], [done(1)]);
    const facts: string[] = [];
    await waiter.wait([action(1)], 'demo-web-1', (fact) => facts.push(fact));
    expect(facts).toEqual(['demo-web-1: create_server, 30 %', 'demo-web-1: create_server, 60 %']);
  });

  it('asks for 25 actions a request', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => i + 1);
    const { waiter, asked } = setUp(ids.map(done));
    await Promise.all(ids.map((id) => waiter.wait([action(id)], 'many')));
    expect(asked.map(({ length }) => length)).toEqual([25, 25, 10]);
  });

  it('asks for nothing before it can have ended, and for long ones less and less often', async () => {
    const { waiter, clock, asked } = setUp([action(1), action(2, { command: 'start_server' })]);
    const begin = clock.now();
    const looks: [number, readonly number[]][] = [];
    const log = asked.push.bind(asked);
    asked.push = (ids) => {
      looks.push([(clock.now() - begin) / 1_000, ids]);
      return log(ids);
    };
    const actions = [action(1), action(2, { command: 'start_server' })];
    await expect(waiter.wait(actions, 'demo')).rejects.toBeInstanceOf(TimeoutError);
    expect(looks[0]).toEqual([17, [1]]);
    expect(looks.find(([, ids]) => ids.includes(2))?.[0]).toBe(24);
    const of1 = looks.flatMap(([at, ids]) => (ids.includes(1) ? [at] : []));
    const gaps = of1.slice(1).map((at, i) => at - (of1[i] ?? 0));
    // The last look is the one at the deadline.
    expect([gaps[0], gaps.at(-2)]).toEqual([1, 3]);
  });

  it('leaves the next of a kind alone for as long as one took in this run', async () => {
    const seconds = [[action(1)], [action(1)], [done(1)], [done(2)]];
    const { waiter, clock, asked } = setUp(...seconds);
    const begin = clock.now();
    await waiter.wait([action(1)], 'one');
    expect(clock.now() - begin).toBe(19_000);
    await waiter.wait([action(2)], 'two');
    expect([clock.now() - begin, asked.length]).toEqual([38_000, 4]);
  });

  it('can be used again after it came to rest', async () => {
    const { waiter } = setUp([done(1), done(2)]);
    await waiter.wait([action(1)], 'one');
    await waiter.wait([action(2)], 'two');
  });

  it('throws the failure after the other actions have ended', async () => {
    const failed = action(1, {
      status: 'error',
      error: { code: 'action_failed', message: 'no luck' },
    });
    const { waiter, asked } = setUp([failed, action(2)], [failed, done(2)]);
    const waiting = waiter.wait([action(1), action(2)], 'demo-web-1');
    await expect(waiting).rejects.toThrow(
      'demo-web-1: create_server of server 42 (action 1) ended in an error (action_failed): no luck',
    );
    await expect(waiting).rejects.toBeInstanceOf(ActionError);
    expect(asked).toHaveLength(2);
  });

  it('forgives a missing action, but not for ever', async () => {
    const forgiven = setUp([], [], [done(1)]);
    await forgiven.waiter.wait([action(1)], 'demo');
    const lost = setUp([]);
    await expect(lost.waiter.wait([action(1)], 'demo')).rejects.toThrow('no longer knows');
    expect(lost.asked).toHaveLength(3);
  });

  it('ends at its deadline with the last fact', async () => {
    const { waiter, asked } = setUp([action(1)]);
    const waiting = waiter.wait([action(1)], 'demo-web-1');
    await expect(waiting).rejects.toBeInstanceOf(TimeoutError);
    await expect(waiting).rejects.toThrow(/demo-web-1. Last: create_server .*running, 30 %/);
    expect(asked.length).toBeGreaterThan(20);
  });

  it('polls less while the request budget is low', async () => {
    const { waiter, asked, runLow } = setUp([action(1)]);
    runLow();
    await expect(waiter.wait([action(1)], 'demo')).rejects.toBeInstanceOf(TimeoutError);
    expect(asked.length).toBeLessThanOrEqual(12);
  });

  it('ends at once when interrupted', async () => {
    const { waiter, interrupt, asked } = setUp([action(1)]);
    const waiting = waiter.wait([action(1)], 'demo');
    interrupt.abort(new InterruptedError());
    await expect(waiting).rejects.toBeInstanceOf(InterruptedError);
    expect(asked).toEqual([]);
  });
});
