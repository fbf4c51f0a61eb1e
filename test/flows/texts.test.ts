import { expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { parseNodes } from '../../src/tools/kubectl.js';
import { plain } from '../helpers/cluster-yaml.js';
import { rehearse } from '../helpers/rehearsal.js';

const texts = ['2020-01-01', '1_000', '0b11', '0B11', '012', '1e3', '0o14', '1__0', 'yes', 'null'];

test('labels and taints reach the nodes as they are written, whatever a YAML reader makes of them', async () => {
  const labels = texts.map((text, i) => `l${i}: "${text}"`).join(', ');
  const taints = texts.map((text, i) => `"t${i}=${text}:NoSchedule"`).join(', ');
  const rehearsal = await rehearse(`cluster_name: demo
hcloud: { location: nbg1 }
control_planes: [{ name: cp, server_type: cx23, count: 1, labels: { ${labels} } }]
workers: [{ name: web, server_type: cx33, count: 1, labels: { ${labels} }, taints: [${taints}] }]
talos:
  worker_patches:
    - 'machine: { nodeLabels: { since: 2020-01-01, plain: 1_000 } }'
${plain()}`);
  const run = rehearsal.run();
  await create(run.ctx);
  const { stdout } = await run.ctx.run({
    tool: 'kubectl',
    args: ['--kubeconfig', run.ctx.files.kubeconfig, 'get', 'nodes', '--output', 'json'],
    timeoutMs: 1_000,
  });
  expect(parseNodes(stdout).map(({ ready }) => ready)).toEqual([true, true]);
  const { items } = JSON.parse(stdout) as { items: Node[] };
  for (const { metadata } of items) {
    expect(metadata.labels).toMatchObject(
      Object.fromEntries(texts.map((text, i) => [`l${i}`, text])),
    );
  }
  const worker = items.find(({ metadata }) => metadata.name === 'demo-web-1');
  expect(worker?.metadata.labels).toMatchObject({ since: '2020-01-01', plain: '1_000' });
  expect(worker?.spec.taints).toEqual(
    expect.arrayContaining(
      texts.map((value, i) => ({ key: `t${i}`, value, effect: 'NoSchedule' })),
    ),
  );
});

interface Node {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly taints?: readonly object[] };
}
