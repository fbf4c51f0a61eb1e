import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { ExitCode, OxideError } from '../../src/lib/errors.js';
import { chartIndex } from '../../src/sandbox/downloads/chart-repository.js';
import { standardInstall } from '../../src/sandbox/downloads/gateway-api.js';
import type { FlowContext } from '../../src/steps/run/context.js';
import { applyServerSide } from '../../src/tools/kubectl.js';
import { optionOf } from '../helpers/kube-access.js';
import { clusterYaml, rehearse, type Rehearsal, type RunOptions } from '../helpers/rehearsal.js';
import { done } from '../helpers/tool-doubles.js';

const yaml = clusterYaml(1, 0);

/** A server that answers everything with this text. */
async function serving(text: string): Promise<string> {
  const server = createServer((_request, response) => void response.end(text));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refused(ctx: FlowContext): Promise<OxideError> {
  const error: unknown = await create(ctx).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OxideError) return error;
  throw new Error('it was not refused', { cause: error });
}

/** Another archive comes than the one that the repository holds. */
const swapped: RunOptions['intercept'] = ({ tool, args }) => {
  if (tool !== 'helm' || args[0] !== 'pull') return undefined;
  const folder = optionOf(args, '--destination') ?? '';
  writeFileSync(join(folder, 'cilium-1.20.4.tgz'), 'something else');
  return done();
};

function withEndpoints(rehearsal: Rehearsal, options: RunOptions, endpoints: object): FlowContext {
  const { ctx } = rehearsal.run(options);
  return { ...ctx, endpoints: { ...ctx.endpoints, ...endpoints } };
}

describe('the Gateway API of a newer Cilium', () => {
  test('is not made older: the plan says why, and the cluster would refuse it', async () => {
    const rehearsal = await rehearse(`${yaml}cilium: { version: 1.20.0 }\n`);
    await create(rehearsal.run().ctx);
    const older = rehearsal.run({ yaml: `${yaml}cilium: { version: 1.19.6 }\n`, dryRun: true });
    const error = await refused(older.ctx);
    expect(error.message).toContain(
      'Cilium 1.19.6 needs the Gateway API v1.4.1, and the cluster has v1.6.1',
    );
    expect(error.exitCode).toBe(ExitCode.precondition);
    const { run, files } = older.ctx;
    const apply = run(applyServerSide(files.kubeconfig, standardInstall('v1.4.1') ?? ''));
    await expect(apply).rejects.toThrow(
      "ValidatingAdmissionPolicy 'safe-upgrades.gateway.networking.k8s.io' with binding " +
        "'safe-upgrades.gateway.networking.k8s.io' denied request: Installing CRDs with version before v1.5.0 is prohibited by default.",
    );
    expect(await create(rehearsal.run().ctx)).toMatchObject({ cluster: { changed: false } });
  });
});

describe('a create', () => {
  test('applies nothing of what is not the manifest of the Gateway API', async () => {
    const rehearsal = await rehearse(yaml);
    const gatewayApi = await serving('<!DOCTYPE html><title>Sign in</title>');
    const error = await refused(withEndpoints(rehearsal, {}, { gatewayApi }));
    expect(error.message).toBe(
      `what came from ${gatewayApi}/v1.6.1/standard-install.yaml is not the manifest of the Gateway API v1.6.1: ` +
        'it is no list of Kubernetes objects: it begins with "<!DOCTYPE html><title>Sign in</title>"',
    );
    expect(error.exitCode).toBe(ExitCode.precondition);
    expect(rehearsal.runs.flatMap(({ calls }) => calls).map(({ args }) => args)).not.toContain(
      'apply',
    );
    await create(rehearsal.run().ctx);
  });

  test('installs no chart but the one that its repository publishes', async () => {
    const rehearsal = await rehearse(yaml);
    const error = await refused(rehearsal.run({ intercept: swapped }).ctx);
    expect(error.message).toMatch(
      /^the Cilium chart 1\.20\.4 that came is not the one that its repository publishes: it has the SHA-256 \w{64}, the index says \w{64}$/,
    );
    expect(error.hint).toContain('/charts/index.yaml');
    expect(error.exitCode).toBe(ExitCode.precondition);
    await create(rehearsal.run().ctx);
  });

  test('says when what comes later is not what the cluster was made with', async () => {
    const rehearsal = await rehearse(yaml);
    await create(rehearsal.run().ctx);
    const other = `# Another licence\n${standardInstall('v1.6.1') ?? ''}`;
    const larger = rehearsal.run({ yaml: clusterYaml(1, 1) });
    const gatewayApi = await serving(other);
    await create({ ...larger.ctx, endpoints: { ...larger.ctx.endpoints, gatewayApi } });
    const warnings = larger.events.filter(({ type }) => type === 'warning');
    expect(warnings).toEqual([
      {
        type: 'warning',
        message: expect.stringMatching(
          /^The Gateway API manifest v1\.6\.1 is not the one that the cluster was made with: its SHA-256 was \w{64} and is \w{64}\.$/,
        ) as string,
      },
    ]);
  });

  test('says when the repository publishes no digest', async () => {
    const rehearsal = await rehearse(yaml);
    const ciliumChart = await serving((await chartIndex()).replace(/^ *digest: .*$/gm, ''));
    const { ctx, events } = rehearsal.run();
    await create({ ...ctx, endpoints: { ...ctx.endpoints, ciliumChart } });
    expect(events).toContainEqual({
      type: 'note',
      message: 'the repository of the chart publishes no digest of Cilium 1.20.4: not compared',
    });
  });
});
