import { oxide, tool } from '../../lib/commands.js';
import { leftBuildTexts } from '../catalogue/seen-builds.js';
import { monthlyText } from '../state/cost.js';
import { kindNames, resourceKey } from '../state/owned-resources.js';
import type { Problem, ServerStatus, StatusInput } from './report.js';

/** What killed builds of images left in the project, whoever began them. */
export function leftBuilds({ builds }: Pick<StatusInput, 'builds'>): Problem[] {
  const hint = `${oxide`image prune`} removes it`;
  return leftBuildTexts(builds).map((message) => ({ code: 'image-build-left', message, hint }));
}

interface Unused extends Pick<StatusInput, 'resources'> {
  readonly servers: readonly ServerStatus[];
}

/** What is paid for and does nothing. A server that is off has been named already. */
export function unused({ resources, servers }: Unused): Problem[] {
  const named = new Set(servers.map(({ id }) => resourceKey({ kind: 'server', id })));
  return resources.flatMap((resource): Problem[] => {
    const { kind, name, id, idle, monthly, left } = resource;
    if (idle === undefined || named.has(resourceKey(resource))) return [];
    const price = monthly ? `, ${monthlyText(monthly)}` : '';
    return [
      {
        code: 'unused',
        message: `the ${kindNames[kind]} ${name} (id ${id})${left === true ? ', which a scale left,' : ''} ${idle}${price}`,
        hint: `${tool`hcloud ${kind} delete ${id}`}, ${unlessNeeded(resource)}`,
      },
    ];
  });
}

/** A claim's volume is on no server while its pod moves, too: only Kubernetes tells whether it has one. */
function unlessNeeded({ kind, left }: StatusInput['resources'][number]): string {
  if (kind !== 'volume' || left === true) return 'when nobody needs it';
  return `when no claim has it: ${tool`kubectl get pv`}`;
}
