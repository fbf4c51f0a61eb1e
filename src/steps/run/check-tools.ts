import type { StepIo } from '../../lib/step.js';
import { checkTools } from '../../tools/check.js';
import type { FlowContext } from './context.js';

/** The tools are there and their versions fit the cluster's; all findings at once. */
export async function checkTheTools(ctx: FlowContext, io: StepIo): Promise<void> {
  const { talos } = ctx.config;
  const found = await checkTools(ctx.run, {
    talosVersion: talos.version,
    kubernetesVersion: talos.kubernetes_version,
  });
  io.summary(`talosctl ${found.talosctl}, kubectl ${found.kubectl}, helm ${found.helm}`);
}
