import { describe, expect, it } from 'vitest';
import { renderPlan, type PlanView } from '../../src/ui/plan.js';

type Change = PlanView['changes'][number];

const plain = { color: false, columns: undefined };
const euros = (net: number, gross = net) => ({ net, gross, currency: 'EUR' });

function servers(pool: string, from: number, to: number): Change[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    ...{ action: 'create', kind: 'server', detail: 'cx33 in nbg1' },
    monthly: euros(8.49, 10.1),
    name: `demo-${pool}-${from + index}`,
  }));
}

function plan(changes: Change[], cost?: PlanView['cost']): PlanView {
  const total = changes.reduce((sum, { monthly }) => sum + (monthly?.net ?? 0), 0);
  return {
    changes,
    cost: cost ?? { now: euros(0), after: euros(total) },
    notes: [],
    warnings: [],
  };
}

describe('a plan for the eyes', () => {
  it('lists what will be made in aligned columns, with what it costs', () => {
    const changes: Change[] = [
      { action: 'create', kind: 'network', name: 'demo', detail: '10.0.0.0/16' },
      { action: 'create', kind: 'ssh-key', name: 'demo', detail: 'ed25519' },
      { action: 'update', kind: 'firewall', name: 'demo', detail: '4 rules' },
      ...servers('cp', 1, 1),
      {
        ...{ action: 'delete', kind: 'server', name: 'demo-web-12' },
        detail: 'cpx32 in fsn1',
        monthly: euros(10.99),
      },
    ];
    const text = renderPlan(
      plan(changes, { now: euros(100, 119), after: euros(97.5, 116.03) }),
      plain,
    );
    expect(text).toBe(
      [
        '+ network   demo         10.0.0.0/16',
        '+ SSH key   demo         ed25519',
        '~ firewall  demo         4 rules',
        '+ server    demo-cp-1    cx33 in nbg1     €8.49 net',
        '- server    demo-web-12  cpx32 in fsn1  -€10.99 net',
        '',
        'Servers and IPv4 per month, net: €100.00 now, €97.50 after',
        '                       with VAT: €119.00 now, €116.03 after',
        '',
      ].join('\n'),
    );
  });

  const changeLines = (changes: Change[]): string[] | undefined =>
    renderPlan(plan(changes), plain).split('\n\n')[0]?.split('\n');

  it('gives alike servers of a pool one line, with their price together', () => {
    const changes = [...servers('cp', 1, 3), ...servers('worker', 1, 30), ...servers('db', 4, 5)];
    expect(changeLines([...changes, ...servers('old', 7, 7)])).toEqual([
      '+ 3 servers   demo-cp-1 to -3       cx33 in nbg1   €25.47 net',
      '+ 30 servers  demo-worker-1 to -30  cx33 in nbg1  €254.70 net',
      '+ 2 servers   demo-db-4 and -5      cx33 in nbg1   €16.98 net',
      '+ server      demo-old-7            cx33 in nbg1    €8.49 net',
    ]);
  });

  it('names each number, and keeps apart what is of another type', () => {
    const gap = [...servers('web', 6, 9), ...servers('web', 1, 1), ...servers('web', 3, 4)];
    expect(changeLines(gap)).toEqual([
      '+ 7 servers  demo-web-1, -3, -4 and -6 to -9  cx33 in nbg1  €59.43 net',
    ]);
    const mixed = servers('web', 1, 8).map((change, index) =>
      index === 4 ? { ...change, detail: 'cx43 in nbg1' } : change,
    );
    expect(changeLines(mixed)).toEqual([
      '+ 7 servers  demo-web-1 to -4 and -6 to -8  cx33 in nbg1  €59.43 net',
      '+ server     demo-web-5                     cx43 in nbg1   €8.49 net',
    ]);
  });

  it('keeps the ids of what is deleted', () => {
    const going = servers('web', 1, 3).map((change, index): Change => ({
      ...{ ...change, action: 'delete', monthly: undefined },
      detail: `cx33 in nbg1, id ${[7, 8, 12][index]}`,
    }));
    expect(changeLines(going)).toEqual([
      '- 3 servers  demo-web-1 to -3  cx33 in nbg1, ids 7, 8 and 12',
    ]);
  });

  it('says when there is nothing to do, and still what the cluster costs', () => {
    const same = euros(25.47);
    const idle = {
      ...plan([], { now: same, after: same }),
      notes: ['demo-web-9 is kept.'],
      warnings: ['demo-web-8 has no firewall.'],
    };
    expect(renderPlan(idle, plain)).toBe(
      'Nothing to change.\n\nServers and IPv4 per month, net: €25.47\n\n' +
        '⚠ demo-web-8 has no firewall.\nℹ demo-web-9 is kept.\n',
    );
  });

  it('marks what is made, changed and deleted by colour too', () => {
    const text = renderPlan(plan(servers('web', 1, 1)), { color: true, columns: 80 });
    expect(text).toContain('\u001B[32m+\u001B[39m server  demo-web-1');
  });
});
