import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { ExitCode, TimeoutError } from '../../src/lib/errors.js';
import type { Invocation } from '../../src/tools/exec.js';
import { clusterYaml, rehearse } from '../helpers/rehearsal.js';
import { failed, type Ending } from '../helpers/tool-doubles.js';
import { recorded } from '../tools/recordings.js';

interface Stuck {
  /** The key below `timeouts:`. */
  readonly key: string;
  readonly call: (call: Invocation) => boolean;
  readonly answer: Ending;
  readonly what: string;
  readonly last: string;
  readonly hint: string;
}

const says =
  (...words: readonly string[]) =>
  ({ tool, args }: Invocation): boolean =>
    words.every((word) => `${tool} ${args.join(' ')}`.includes(word));
const unavailable = failed(recorded('talosctl', 'refused').stderr);
const noNodes: Ending = { exitCode: 0, stdout: '{"items":[]}', stderr: '' };

const waits: readonly Stuck[] = [
  {
    key: 'talos',
    call: says('talosctl version --short --talosconfig'),
    answer: unavailable,
    what: 'the Talos API of demo-cp-1',
    last: 'connection refused: the Talos API is not up yet',
    hint: 'Does the firewall admit this machine',
  },
  {
    key: 'bootstrap',
    call: says('talosctl bootstrap'),
    answer: failed(recorded('talosctl', 'bootstrap-time').stderr),
    what: 'the bootstrap of demo-cp-1',
    last: 'the node waits for the time to be in sync',
    hint: 'dmesg',
  },
  {
    key: 'kubernetes',
    call: says('/readyz'),
    answer: failed(recorded('kubectl', 'readyz-etcd').stderr),
    what: 'the Kubernetes API',
    last: 'not ready: etcd, etcd-readiness',
    hint: 'pulling images',
  },
  {
    key: 'cilium',
    call: says('daemonset/cilium'),
    answer: {
      ...noNodes,
      stdout: JSON.stringify({
        items: [
          {
            kind: 'DaemonSet',
            metadata: { name: 'cilium', generation: 1 },
            spec: {},
            status: { observedGeneration: 1, desiredNumberScheduled: 2, numberAvailable: 0 },
          },
        ],
      }),
    },
    what: 'the agents of Cilium to run',
    last: 'daemonset/cilium: 0 of 2 ready',
    hint: 'get pods',
  },
  {
    key: 'nodes',
    call: says('get nodes'),
    answer: noNodes,
    what: 'all 2 nodes to be Ready',
    last: '0 of 2 Ready; not registered: demo-cp-1 and demo-web-1',
    hint: 'get nodes,pods',
  },
];

describe('a wait that does not end', () => {
  test.each(waits)(
    'for timeouts.$key ends with its last fact and the likely cause',
    async (stuck) => {
      const yaml = `${clusterYaml(1, 1)}timeouts: { ${stuck.key}: 90s }\n`;
      const rehearsal = await rehearse(yaml);
      const run = rehearsal.run({
        intercept: (call) => (stuck.call(call) ? stuck.answer : undefined),
      });
      const error = await create(run.ctx).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(TimeoutError);
      const { message, hint, exitCode, last } = error as TimeoutError;
      expect(message).toContain(`Timed out after 1m 30s: ${stuck.what}`);
      expect(last).toContain(stuck.last);
      expect(hint).toContain(stuck.hint);
      expect(hint).toContain('The same command goes on from here.');
      expect(exitCode).toBe(ExitCode.timeout);
      const facts = run.events.flatMap((event) => (event.type === 'step-detail' ? [event] : []));
      expect(facts.at(-1)?.text).toContain(stuck.last);
      expect(facts.at(-1)?.elapsedMs).toBeGreaterThanOrEqual(90_000);
      // What it waited for comes true: the same command goes on.
      await create(rehearsal.run().ctx);
    },
  );

  test.each([
    ['talosctl', 'other-authority', 'talosctl version --short', /^The node is in maintenance mode/],
    ['talosctl', 'other-address', 'talosctl version --short', /^Something else answers/],
    ['talosctl', 'proxy-403', 'talosctl version --short', /NO_PROXY/],
    ['talosctl', 'plain-http', 'talosctl kubeconfig', /^Something else answers/],
    ['kubectl', 'expired', '/readyz', /clock of this machine/],
    ['kubectl', 'proxy-407', '/readyz', /NO_PROXY/],
  ] as const)(
    'for what cannot become ends soon, with its own reason: %s %s',
    async (tool, name, call, hint) => {
      const rehearsal = await rehearse(clusterYaml(1, 1));
      const { stderr } = recorded(tool, name);
      let first = Infinity;
      const run = rehearsal.run({
        intercept: (invocation) => {
          if (!says(call)(invocation) || invocation.args.includes('--client')) return undefined;
          first = Math.min(first, rehearsal.clock.now());
          return failed(stderr);
        },
      });
      const error = await create(run.ctx).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        exitCode: ExitCode.precondition,
        hint: expect.stringMatching(hint) as string,
      });
      const [, words = ''] = /: (.+?)\n?$/.exec(stderr) ?? [];
      expect((error as Error).message).toContain(words.slice(0, 60));
      expect(rehearsal.clock.now() - first).toBeLessThan(30_000);
      await create(rehearsal.run().ctx);
    },
  );

  test('for an API that shows another certificate for a moment goes on', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 1));
    const { stderr } = recorded('kubectl', 'other-address');
    let left = 5;
    const run = rehearsal.run({
      intercept: (invocation) =>
        says('/readyz')(invocation) && left-- > 0 ? failed(stderr) : undefined,
    });
    await create(run.ctx);
    expect(left).toBeLessThan(0);
  });

  test('for an action of Hetzner says which one, and what is known of it', async () => {
    const rehearsal = await rehearse(`${clusterYaml(1, 1)}timeouts: { hetzner: 5m }\n`);
    rehearsal.faults.add({
      method: 'POST',
      path: /^\/servers$/,
      fault: { kind: 'slow-action', factor: 60 },
    });
    const run = rehearsal.run();
    const error = await create(run.ctx).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as TimeoutError).message).toMatch(
      /^Timed out after 5m 0\ds: demo-\w+-1\. Last: create_server of .*server \d+.*\(action \d+, running, \d+ %\)$/,
    );
    const facts = run.events.flatMap((event) => (event.type === 'step-detail' ? [event] : []));
    const [last] = facts.filter(({ text }) => text.includes('create_server')).slice(-1);
    expect(last?.text).toMatch(/^0 of 1; demo-cp-1: create_server, \d+ %$/);
    expect(last?.elapsedMs).toBeGreaterThan(4 * 60_000);
    await rehearsal.clock.sleep(60 * 60_000);
    await create(rehearsal.run().ctx);
  });
});
