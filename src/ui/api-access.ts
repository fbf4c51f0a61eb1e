import { remarkLines } from './remarks.js';
import { createStyle, type Looks } from './style.js';
import { hanging } from './wrap.js';
import { oxide } from '../lib/commands.js';

/** What of a change of the firewall is shown. */
export interface ApiAccessView {
  readonly cluster: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly changed: boolean;
  readonly warnings: readonly string[];
  /** Whether it was carried out. */
  readonly done: boolean;
  /** Whether cluster.yaml lists who may reach the cluster. */
  readonly listed: boolean;
}

/** Who may reach the cluster's APIs, who comes and who goes, and how long it stays so. */
export function renderApiAccess(view: ApiAccessView, looks: Looks): string {
  const { cluster, before, after, changed, done, warnings } = view;
  const style = createStyle(looks);
  const { columns } = looks;
  const came = after.filter((range) => !before.includes(range));
  const gone = before.filter((range) => !after.includes(range));
  const verb = done ? 'admits' : changed ? 'will admit' : 'admits';
  return [
    '',
    ...(changed ? [] : ['Nothing to change.']),
    hanging('', `The firewall of "${cluster}" ${verb} to 6443 and 50000:`, columns),
    ...after.map((range) => `${came.includes(range) ? style.marks.create : ' '} ${range}`),
    ...gone.map((range) => `${style.marks.delete} ${range}`),
    ...remarkLines({ warnings, notes: [] }, columns, style),
    ...(done ? ['', ...lasting(view).map((line) => hanging('', line, columns))] : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function lasting({ listed }: ApiAccessView): readonly string[] {
  const keeps = listed
    ? `${oxide`create`} keeps these. For good, put the range into hcloud.firewall.allowed_cidrs of cluster.yaml.`
    : `${oxide`create`} keeps these, until hcloud.firewall.allowed_cidrs in cluster.yaml says who exactly may.`;
  return [keeps, `Only this machine again: ${oxide`firewall allow-me --replace`}`];
}
