import { describe, expect, test } from 'vitest';
import {
  metadataPolicy,
  metadataPolicyName,
} from '../../src/cluster/kubernetes/metadata-policy.js';
import { create } from '../../src/flows/create.js';
import { applyServerSide, getNetworkPolicy } from '../../src/tools/kubectl.js';
import { clusterYaml, rehearse, type Run } from '../helpers/rehearsal.js';

const yaml = clusterYaml(1, 1);
const open = `${yaml}cilium: { block_metadata: false }\n`;

async function policyOf({ ctx }: Run): Promise<unknown> {
  const call = getNetworkPolicy(ctx.files.kubeconfig, metadataPolicyName);
  return JSON.parse((await ctx.run(call)).stdout);
}

const applied = ({ calls }: Run) =>
  calls.filter(({ stdin }) => stdin?.includes(metadataPolicyName)).length;

describe('the metadata service', () => {
  test('is closed to pods by a create, and a second one writes nothing', async () => {
    const rehearsal = await rehearse(yaml);
    const first = rehearsal.run();
    await create(first.ctx);
    expect(await policyOf(first)).toMatchObject({
      specs: [
        {
          endpointSelector: {
            matchExpressions: [
              {
                key: 'k8s:io.kubernetes.pod.namespace',
                operator: 'NotIn',
                values: ['kube-system'],
              },
            ],
          },
          enableDefaultDeny: { egress: false, ingress: false },
          egressDeny: [{ toCIDR: ['169.254.169.254/32'] }],
        },
        { enableDefaultDeny: { egress: false, ingress: false } },
      ],
    });
    expect(applied(first)).toBe(1);
    const second = rehearsal.run();
    expect(await create(second.ctx)).toMatchObject({ cluster: { changed: false } });
    expect(applied(second)).toBe(0);
  });

  test('stays open when cluster.yaml says so, and is closed later with a line in the plan', async () => {
    const rehearsal = await rehearse(open);
    const first = rehearsal.run();
    await create(first.ctx);
    await expect(policyOf(first)).rejects.toThrow('not found');
    const later = rehearsal.run({ yaml });
    await create(later.ctx);
    expect(later.plans.flatMap(({ changes }) => changes)).toEqual([
      {
        ...{ action: 'create', kind: 'network-policy', name: 'demo' },
        detail: 'keeps pods from 169.254.169.254',
      },
    ]);
    expect(applied(later)).toBe(1);
  });

  test('is not opened again by a create, which takes nothing away, and says how', async () => {
    const rehearsal = await rehearse(yaml);
    await create(rehearsal.run().ctx);
    const run = rehearsal.run({ yaml: open });
    expect(await create(run.ctx)).toMatchObject({ cluster: { changed: false } });
    expect(JSON.stringify(run.plans)).toContain(
      `kubectl delete ciliumclusterwidenetworkpolicy ${metadataPolicyName}`,
    );
    expect(await policyOf(run)).toMatchObject({ metadata: { name: metadataPolicyName } });
  });

  test('is closed again when somebody changed the policy', async () => {
    const rehearsal = await rehearse(yaml);
    const run = rehearsal.run();
    await create(run.ctx);
    const weaker = { ...metadataPolicy, specs: [{ description: 'mine', endpointSelector: {} }] };
    await run.ctx.run(applyServerSide(run.ctx.files.kubeconfig, JSON.stringify(weaker)));
    const again = rehearsal.run();
    await create(again.ctx);
    expect(applied(again)).toBe(1);
    expect(await policyOf(again)).toMatchObject({ specs: [{}, {}] });
  });
});
