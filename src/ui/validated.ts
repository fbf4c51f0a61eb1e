import { plural } from '../lib/format.js';
import { remarkLines } from './remarks.js';
import { createStyle, type Looks } from './style.js';
import { hanging } from './wrap.js';

/** What is known of a good cluster.yaml without reaching out. */
export interface ValidatedView {
  /** The file's path as it was given. */
  readonly file: string;
  readonly machineConfigs:
    | { readonly checked: true; readonly pools: number }
    | { readonly checked: false; readonly why: string };
  readonly firewall: {
    readonly effectiveRules: number;
    readonly most: number;
    /** Whether the addresses of the machine that runs create come to it. */
    readonly own: boolean;
  };
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** The lines of `oxide validate`: what holds, what could not be checked, and what to know. */
export function renderValidated(view: ValidatedView, looks: Looks): string {
  const style = createStyle(looks);
  const { columns } = looks;
  const { machineConfigs, firewall } = view;
  const configs = machineConfigs.checked
    ? `checked by talosctl, ${plural(machineConfigs.pools, 'pool')}`
    : `not checked: ${machineConfigs.why}`;
  const own = firewall.own ? ', and two for each address of the machine that runs create' : '';
  const rules = `${firewall.effectiveRules} of ${firewall.most} effective rules${own}`;
  return [
    hanging('', `${view.file} is valid.`, columns),
    hanging('  machine configurations  ', configs, columns),
    hanging('  firewall                ', rules, columns),
    ...remarkLines(view, columns, style),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
