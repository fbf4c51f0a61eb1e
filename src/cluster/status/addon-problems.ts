import { oxide } from '../../lib/commands.js';
import type { AddonState } from './addon-states.js';
import type { Problem, StatusInput } from './report.js';

interface Judged extends Pick<StatusInput, 'seen'> {
  readonly addons: readonly AddonState[];
}

/** What is to be said of addons. Of Cilium and the Gateway API, what is missing is told elsewhere. */
export function addonProblems({ addons, seen }: Judged): Problem[] {
  // Of a node that is not Ready, pods of every addon are missing.
  const isWhole = 'nodes' in seen && seen.nodes.every(({ ready }) => ready);
  return addons
    .filter(({ name }) => name !== 'cilium' && name !== 'gateway-api')
    .flatMap(({ name, kind, state, why }): Problem[] => {
      switch (state) {
        case 'works':
        case 'impossible':
          // What the nodes lack is told as a difference.
          return [];
        case 'surplus':
          return [
            {
              code: 'addon-surplus',
              message:
                kind === 'manifest'
                  ? `the manifest ${name} was applied, and cluster.yaml does not ask for it any more: ${why ?? ''}`
                  : `the addon ${name} is there, and cluster.yaml does not ask for it`,
              hint: oxide`addons remove ${name}`,
            },
          ];
        case 'not-installed':
          return [
            {
              code: 'addon-missing',
              message:
                kind === 'manifest'
                  ? `the manifest ${name} is not applied`
                  : `the addon ${name} is not installed`,
              hint: oxide`addons apply ${name}`,
            },
          ];
        default:
          if (state === 'not-working' && !isWhole) return [];
          return [
            {
              code: 'addon-failing',
              message: `the ${kind} ${name} does not work: ${why ?? ''}`,
              hint: `more of it: ${oxide`addons`}; again: ${oxide`addons apply ${name}`}`,
            },
          ];
      }
    });
}
