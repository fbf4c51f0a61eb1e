import type { StepIo } from '../../lib/step.js';
import { waitFor } from '../../lib/wait.js';
import { readyz } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { askKubernetes, waitOptions } from '../run/waiting.js';

/** Waits until the Kubernetes API is ready on one of the control planes that the run may speak to. */
export async function waitForKubernetesApi(ctx: FlowContext, io: StepIo): Promise<void> {
  const hint =
    'The control plane may still be pulling images, or the firewall does not admit this machine\n' +
    '(hcloud.firewall.allowed_cidrs). The same command goes on from here.';
  const ask = askKubernetes(ctx);
  await waitFor(
    `the Kubernetes API (${ctx.apiServers.server ?? ''})`,
    () => ask(() => ctx.run(readyz(ctx.files.kubeconfig))),
    waitOptions(ctx, io, { timeoutMs: ctx.config.timeouts.kubernetes, hint }),
  );
  io.summary(ctx.apiServers.server ?? '');
}
