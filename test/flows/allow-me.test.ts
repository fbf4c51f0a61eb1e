import { readdir } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ApiAccessPlan } from '../../src/cluster/network/api-access.js';
import { accessKubernetes } from '../../src/flows/access.js';
import { allowMe, type AllowMeRequest } from '../../src/flows/allow-me.js';
import { create } from '../../src/flows/create.js';
import { scale } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import { ExitCode, PreconditionError } from '../../src/lib/errors.js';
import { oxide } from '../../src/lib/commands.js';
import { projectOf } from '../helpers/project.js';
import {
  clusterYaml,
  rehearse,
  rehearseCluster,
  type Rehearsal,
  type Run,
  type RunOptions,
} from '../helpers/rehearsal.js';

const yaml = clusterYaml(1, 1);
const first = '198.51.100.7/32';
const firstV6 = '2001:db8:ca11::7/128';
const moved = '198.51.100.4';
const nobody = ['http://127.0.0.1:9/ip'];

/** cluster.yaml with a list of who may reach the cluster. */
function listing(ranges: string, extra = ''): string {
  return yaml.replace(
    'location: nbg1',
    `location: nbg1, firewall: { allowed_cidrs: [${ranges}]${extra} }`,
  );
}

let rehearsal: Rehearsal;

interface Rule {
  readonly port: string | null;
  readonly source_ips: readonly string[];
  readonly description: string | null;
}

function rulesOf(): readonly Rule[] {
  const [firewall] = projectOf(rehearsal).list('firewalls');
  return (firewall as unknown as { rules: readonly Rule[] }).rules;
}

/** Who reaches the ports that only some may reach, by the description of the rule. */
function admittedBy(): Readonly<Record<string, readonly string[]>> {
  const guarded = rulesOf().filter(({ port }) => port === '6443' || port === '50000');
  return Object.fromEntries(
    guarded.map(({ description, source_ips: ranges }) => [description ?? '', ranges]),
  );
}

const everywhere = (ranges: readonly string[], added: readonly string[] = []) => ({
  'Kubernetes API': ranges,
  'Talos API': ranges,
  ...(added.length === 0
    ? {}
    : {
        'Kubernetes API (oxide firewall allow-me)': added,
        'Talos API (oxide firewall allow-me)': added,
      }),
});

type Wish = Partial<Pick<AllowMeRequest, 'ranges' | 'replace'>>;

async function allow(wish: Wish = {}, options: RunOptions = {}): Promise<ApiAccessPlan> {
  return allowMe(rehearsal.run(options).ctx, {
    ...{ ranges: undefined, replace: false, ...wish },
    confirm: () => Promise.resolve(!options.dryRun),
  });
}

async function scaleTo(count: number, run: Run): Promise<void> {
  const wish = { role: 'worker', pool: undefined, count, nodes: [], force: false } as const;
  await scale(run.ctx, { wish, drainTimeoutMs: 600_000, confirm: () => Promise.resolve(true) });
}

/** The error of a run that cannot begin. */
async function refusal(run: Promise<unknown>): Promise<PreconditionError> {
  const error = await run.then(
    () => new Error('the run went through'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof PreconditionError)) throw error;
  expect(error.exitCode).toBe(ExitCode.precondition);
  return error;
}

const writes = (): number => rehearsal.faults.writes.length;

/** A cluster, and an operator whose address has changed since. */
async function lockedOut(text?: string): Promise<void> {
  if (text === undefined) rehearsal = await rehearseCluster(yaml);
  else {
    rehearsal = await rehearse(yaml);
    await create(rehearsal.run({ yaml: text }).ctx);
  }
  rehearsal.world.moveCaller(moved);
}

describe('a machine whose address has changed', () => {
  beforeEach(() => lockedOut());

  test('is refused by a scale before anything is written, with the command that lets it in', async () => {
    const before = writes();
    const run = rehearsal.run();
    const error = await refusal(scaleTo(2, run));
    expect(error.message).toBe(
      `the firewall of "demo" admits ${first}, and this machine is ${moved} now\nNothing was changed.`,
    );
    expect(error.hint).toBe(`Add it through the Hetzner API: ${oxide`firewall allow-me`}`);
    expect(writes()).toBe(before);
    expect(run.calls.filter(({ args }) => args.includes('get'))).toEqual([]);
  });

  test('is let in by allow-me, and then scales', async () => {
    const plan = await allow();
    expect([plan.before, plan.after]).toEqual([[first], [first, `${moved}/32`]]);
    expect(admittedBy()).toEqual(everywhere([first, `${moved}/32`]));
    await scaleTo(2, rehearsal.run());
    expect(projectOf(rehearsal).list('servers')).toHaveLength(3);
  });

  test('is asked by a scale, and let in by its yes', async () => {
    const run = rehearsal.run({ admission: 'add' });
    await scaleTo(2, run);
    expect(run.questions).toEqual([
      `Your public address is ${moved} now; the firewall of "demo" admits ${first}. Add it?`,
    ]);
    expect(admittedBy()).toEqual(everywhere([first, `${moved}/32`]));
    expect(projectOf(rehearsal).list('servers')).toHaveLength(3);
  });

  test('is neither asked nor let in by a dry run', async () => {
    const before = writes();
    const run = rehearsal.run({ dryRun: true, admission: 'add' });
    await refusal(scaleTo(2, run));
    expect([run.questions, writes()]).toEqual([[], before]);
  });

  test('is refused and let in the same way before the kubeconfig is fetched', async () => {
    const error = await refusal(accessKubernetes(rehearsal.run().ctx));
    expect(error.hint).toContain('oxide firewall allow-me');
    await accessKubernetes(rehearsal.run({ admission: 'add' }).ctx);
    expect((await status(rehearsal.run().ctx)).status.healthy).toBe(true);
  });

  test('is let in by the next create, which keeps who was admitted', async () => {
    const run = rehearsal.run();
    await create(run.ctx);
    expect(run.questions).toEqual([]);
    expect(run.plans[0]?.notes).toEqual([expect.stringContaining('Kubernetes could not be asked')]);
    expect(admittedBy()).toEqual(everywhere([first, `${moved}/32`]));
    const again = rehearsal.run();
    await create(again.ctx);
    expect([again.plans[0]?.changes, again.plans[0]?.notes]).toEqual([[], []]);
  });

  test('is told by a status how it gets in', async () => {
    const { problems } = (await status(rehearsal.run().ctx)).status;
    expect(problems.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['kubernetes-unknown', 'talos-unknown']),
    );
    expect(problems).toContainEqual({
      code: 'own-address-not-allowed',
      message: `the firewall admits ${first}, and this machine is ${moved} now`,
      hint: `${oxide`firewall allow-me`} adds it`,
    });
  });

  test('goes on with a note when its address cannot be found', async () => {
    rehearsal.world.moveCaller('198.51.100.7');
    const run = rehearsal.run({ ownIpv4: nobody, yaml: listing(first) });
    await scaleTo(2, run);
    expect(run.events).toContainEqual({
      type: 'note',
      message: expect.stringContaining('whether the firewall admits it is not known') as string,
    });
    expect(projectOf(rehearsal).list('servers')).toHaveLength(3);
  });
});

describe('allow-me', () => {
  beforeEach(() => lockedOut());

  test('needs neither tools nor the output folder', async () => {
    const { ctx, calls } = rehearsal.run();
    const files = await readdir(rehearsal.files.folder);
    await allowMe(ctx, { ranges: undefined, replace: false, confirm: () => Promise.resolve(true) });
    expect(calls).toEqual([]);
    expect(await readdir(rehearsal.files.folder)).toEqual(files);
  });

  test('writes nothing the second time', async () => {
    await allow();
    const before = writes();
    expect((await allow()).changed).toBe(false);
    expect(writes()).toBe(before);
  });

  test('only shows what a dry run would do', async () => {
    const before = writes();
    const plan = await allow({}, { dryRun: true });
    expect([plan.changed, plan.after]).toEqual([true, [first, `${moved}/32`]]);
    expect(writes()).toBe(before);
  });

  test('admits the ranges that it is given, of both families, and asks nobody for the own ones', async () => {
    const ranges = ['203.0.113.0/24', '2001:db8:1::/48'];
    const plan = await allow({ ranges }, { ownIpv4: nobody });
    expect(plan.after).toEqual([first, ...ranges]);
    expect(admittedBy()).toEqual(everywhere([first, ...ranges]));
  });

  test('with --replace leaves only this machine', async () => {
    await allow({ ranges: ['203.0.113.0/24', firstV6] });
    await allow({ replace: true });
    expect(admittedBy()).toEqual(everywhere([`${moved}/32`]));
    await scaleTo(2, rehearsal.run());
  });

  test('leaves every other rule exactly as it was', async () => {
    const project = projectOf(rehearsal);
    const [firewall] = project.list('firewalls');
    const others = [
      { direction: 'in', protocol: 'tcp', port: '22', source_ips: ['192.0.2.1/32'] },
      { direction: 'in', protocol: 'icmp', source_ips: ['0.0.0.0/0', '::/0'], description: 'ping' },
      { direction: 'out', protocol: 'tcp', port: 'any', destination_ips: ['0.0.0.0/0', '::/0'] },
      { direction: 'out', protocol: 'udp', port: '53', destination_ips: ['192.0.2.53/32'] },
    ];
    const rules = [...others.slice(0, 2), ...rulesOf(), ...others.slice(2)];
    project.call('POST', `/firewalls/${firewall?.id ?? 0}/actions/set_rules`, { rules });
    await rehearsal.clock.sleep(60_000);
    const unguarded = () => rulesOf().filter(({ port }) => !/^(6443|50000)$/.test(port ?? ''));
    const before = JSON.stringify(unguarded());
    for (const replace of [false, true]) {
      expect((await allow({ replace })).changed).toBe(true);
      expect(JSON.stringify(unguarded())).toBe(before);
    }
    expect(unguarded()).toHaveLength(6);
  });

  test('says how to name the address when it cannot be found', async () => {
    const before = writes();
    const error = await refusal(allow({}, { ownIpv4: nobody }));
    expect(error.message).toContain('the public address of this machine could not be found');
    expect(error.hint).toBe(`Name it yourself: ${oxide`firewall allow-me --cidr 203.0.113.7/32`}`);
    expect(writes()).toBe(before);
  });

  test('sends the same rules again when the answer is lost', async () => {
    rehearsal.faults.add({
      ...{ method: 'POST', path: /set_rules$/ },
      fault: { kind: 'reset', when: 'after' },
    });
    const before = writes();
    await allow();
    expect(writes()).toBe(before + 2);
    expect(admittedBy()).toEqual(everywhere([first, `${moved}/32`]));
  });
});

describe('allow-me and another run at once', () => {
  const colleague = '203.0.113.9/32';
  const mine = `${moved}/32`;
  const admitColleague = (text = yaml) => allow({ ranges: [colleague] }, { yaml: text });

  test('keep both: what the other has admitted since the look', async () => {
    await lockedOut();
    const plan = await allowMe(rehearsal.run().ctx, {
      ...{ ranges: undefined, replace: false },
      confirm: async () => (await admitColleague()).changed,
    });
    expect(plan.after).toEqual([first, colleague, mine]);
    expect(admittedBy()).toEqual(everywhere([first, colleague, mine]));
  });

  test('keep both: what the other writes over the change is written again', async () => {
    await lockedOut();
    const before = rulesOf();
    const { ctx } = rehearsal.run();
    let others = 1;
    const wait: typeof ctx.actions.wait = async (...given) => {
      await ctx.actions.wait(...given);
      const [firewall] = projectOf(rehearsal).list('firewalls');
      const path = `/firewalls/${firewall?.id ?? 0}/actions/set_rules`;
      if (others-- > 0) projectOf(rehearsal).call('POST', path, { rules: before });
    };
    const actions = Object.create(ctx.actions, { wait: { value: wait } }) as typeof ctx.actions;
    await allowMe(
      { ...ctx, actions },
      { ranges: undefined, replace: false, confirm: () => Promise.resolve(true) },
    );
    expect(admittedBy()).toEqual(everywhere([first, mine]));
  });

  test.each([
    ['without a list', yaml, everywhere([first, mine, colleague])],
    ['with one', listing(`192.0.2.0/24, ${mine}`), everywhere(['192.0.2.0/24', mine], [colleague])],
  ])('keep both: a create %s', async (_, text, expected) => {
    await lockedOut();
    const run = rehearsal.run({ yaml: text });
    const confirm: typeof run.ctx.confirm = async (plan) => {
      await admitColleague(text);
      return run.ctx.confirm(plan);
    };
    await create({ ...run.ctx, confirm });
    expect(admittedBy()).toEqual(expected);
  });
});

describe('allow-me without a cluster', () => {
  test('says what to make first', async () => {
    rehearsal = await rehearse(yaml);
    const none = await refusal(allow());
    expect(none.message).toBe('the cluster "demo" does not exist in this project');
    expect(none.hint).toBe(`Make it: ${oxide`create`}`);
    await projectOf(rehearsal).make('networks', {
      ...{ name: 'demo', ip_range: '10.0.0.0/16' },
      labels: { 'managed-by': 'oxide', cluster: 'demo' },
    });
    const half = await refusal(allow());
    expect(half.message).toBe('the cluster "demo" has no firewall');
    expect(half.hint).toBe(`Make what is missing: ${oxide`create`}`);
  });
});

describe('a list in cluster.yaml', () => {
  test('that leaves this machine out stops a create before it costs anything', async () => {
    rehearsal = await rehearse(yaml);
    const error = await refusal(create(rehearsal.run({ yaml: listing('192.0.2.0/24') }).ctx));
    expect(error.message).toBe(
      'the firewall of "demo" will admit 192.0.2.0/24, and this machine is 198.51.100.7 now\n' +
        'Nothing was changed.',
    );
    expect(error.hint).toBe(
      'Add 198.51.100.7/32 to hcloud.firewall.allowed_cidrs in cluster.yaml, or answer with --yes: it is admitted beside them.',
    );
    expect(writes()).toBe(0);
    expect(await readdir(rehearsal.files.folder)).toEqual([]);
  });

  test('is joined by this machine when the answer is yes, in the plan that is carried out', async () => {
    rehearsal = await rehearse(yaml);
    const run = rehearsal.run({ yaml: listing('192.0.2.0/24'), admission: 'add' });
    expect((await create(run.ctx)).kind).toBe('created');
    expect(run.questions).toEqual([
      'Your public address is 198.51.100.7 now; the firewall of "demo" will admit 192.0.2.0/24. Add it?',
    ]);
    expect(run.plans.map(({ changes, warnings }) => [changes[1]?.detail, warnings])).toEqual([
      [`6443 and 50000 from 192.0.2.0/24, ${first}`, []],
    ]);
    expect(admittedBy()).toEqual(everywhere(['192.0.2.0/24'], [first]));
  });

  test('is warned about by a dry run, which asks nobody', async () => {
    rehearsal = await rehearse(yaml);
    const run = rehearsal.run({ yaml: listing('192.0.2.0/24'), dryRun: true });
    await create(run.ctx);
    expect(run.plans[0]?.warnings).toEqual([
      'The firewall will admit 192.0.2.0/24, and this machine is 198.51.100.7: a create asks whether to add it.',
    ]);
    expect(run.questions).toEqual([]);
  });

  test('and allow-me beside it let both in, and a create takes nothing away', async () => {
    await lockedOut(listing(first));
    const text = { yaml: listing(first) };
    await refusal(create(rehearsal.run(text).ctx));
    await allow({}, text);
    expect(admittedBy()).toEqual(everywhere([first], [`${moved}/32`]));
    const run = rehearsal.run(text);
    await create(run.ctx);
    expect([run.plans[0]?.changes, run.questions]).toEqual([[], []]);
    await scaleTo(2, rehearsal.run(text));
  });

  test('is all that is left when --replace names one of its ranges', async () => {
    await lockedOut(listing(first));
    const text = { yaml: listing(first) };
    await allow({ ranges: ['203.0.113.0/24'] }, text);
    await allow({ replace: true }, text);
    expect(admittedBy()).toEqual(everywhere([first], [`${moved}/32`]));
    await allow({ replace: true, ranges: [first] }, text);
    expect(admittedBy()).toEqual(everywhere([first]));
  });

  test('takes over what was added, once it has come into it', async () => {
    await lockedOut(listing(first));
    await allow({}, { yaml: listing(first) });
    await create(rehearsal.run({ yaml: listing(`${first}, ${moved}/32`) }).ctx);
    expect(admittedBy()).toEqual(everywhere([first, `${moved}/32`]));
  });

  test('that is taken out again leaves everybody in who was let in', async () => {
    await lockedOut(listing(first));
    await allow({}, { yaml: listing(first) });
    await create(rehearsal.run().ctx);
    expect(admittedBy()).toEqual(everywhere([first, `${moved}/32`]));
  });
});
