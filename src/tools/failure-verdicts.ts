import { oxide } from '../lib/commands.js';
import { ExitCode } from '../lib/errors.js';
import { connectionFailure } from './connection-failures.js';
import type { ToolName } from './invocation.js';

/** What a tool's failure means for whoever called oxide. */
export interface Verdict {
  readonly exitCode: ExitCode;
  readonly hint: string;
}

interface KnownCause extends Verdict {
  readonly tools: readonly ToolName[];
  readonly pattern: RegExp;
}

export const goesOn = 'The same command goes on from here.';

const kubernetes: readonly ToolName[] = ['kubectl', 'helm'];

/** Causes that say by themselves who has to do something. The first that fits counts. */
export const knownCauses: readonly KnownCause[] = [
  {
    tools: ['talosctl'],
    pattern:
      /^error parsing config JSON patch: |error patching (worker config|control plane configs): |^\d+ errors? occurred:$/m,
    exitCode: ExitCode.usage,
    hint: 'Correct the patches in cluster.yaml: talos.config_patches and its neighbours.',
  },
  {
    tools: ['helm'],
    pattern:
      /values don't meet the specifications of the schema|execution error at \(|YAML parse error on |" is invalid: /,
    exitCode: ExitCode.usage,
    hint: 'Correct cilium.helm_values in cluster.yaml.',
  },
  {
    tools: ['helm'],
    pattern: /chart ".+" version ".+" not found in /,
    exitCode: ExitCode.usage,
    hint: 'Correct cilium.version in cluster.yaml, or cilium.chart, where it is looked for.',
  },
  {
    tools: ['helm'],
    pattern: /is not a valid chart repository or cannot be reached|^Error: failed to fetch /m,
    exitCode: ExitCode.precondition,
    hint: 'Is there a way to it from here? A chart on this machine or at another address serves as well: cilium.chart',
  },
  {
    tools: ['talosctl'],
    pattern: /code = PermissionDenied/,
    exitCode: ExitCode.precondition,
    hint: `The talosconfig may not do this. The administrator's: ${oxide`talosconfig`}`,
  },
  {
    tools: kubernetes,
    pattern: /forbidden: User "[^"]*" cannot /,
    exitCode: ExitCode.precondition,
    hint: `The kubeconfig may not do this. The administrator's: ${oxide`kubeconfig`}`,
  },
  {
    tools: kubernetes,
    pattern:
      /You must be logged in to the server|the server has asked for the client to provide credentials/,
    exitCode: ExitCode.precondition,
    hint: `The kubeconfig is too old, or of another cluster. A new one: ${oxide`kubeconfig`}`,
  },
  {
    tools: kubernetes,
    pattern: /exceeded quota: /,
    exitCode: ExitCode.partial,
    hint: 'A ResourceQuota of the namespace leaves no room. Raise it; then the same command goes on.',
  },
  {
    tools: kubernetes,
    pattern: /failed calling webhook |denied request: /,
    exitCode: ExitCode.partial,
    hint: 'A webhook or an admission policy in the cluster stands in the way. Correct it; then the same command goes on.',
  },
  {
    tools: kubernetes,
    pattern:
      /because it is being terminated|another operation \(install\/upgrade\/rollback\) is in progress/,
    exitCode: ExitCode.partial,
    hint: 'Something that was begun before has not ended yet. The same command goes on a little later.',
  },
  {
    tools: kubernetes,
    pattern:
      /timed out waiting for the condition|global timeout reached|to terminate: context deadline exceeded/,
    exitCode: ExitCode.timeout,
    hint: goesOn,
  },
];

/** What a tool's words mean: exit code and hint of their cause. */
export function verdictOn(tool: ToolName, cause: string): Verdict {
  const known = knownCauses.find(
    ({ tools, pattern }) => tools.includes(tool) && pattern.test(cause),
  );
  if (known) return known;
  const lost = connectionFailure(cause);
  if (lost?.prospect === 'never') return { exitCode: ExitCode.precondition, hint: lost.hint };
  if (lost?.why === 'no answer') return { exitCode: ExitCode.timeout, hint: lost.hint };
  return { exitCode: ExitCode.partial, hint: lost ? `${lost.hint}\n${goesOn}` : goesOn };
}
