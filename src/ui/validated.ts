import { plural } from '../lib/format.js';
import { createStyle } from './style.js';

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
export function renderValidated(view: ValidatedView, { color }: { color: boolean }): string {
  const style = createStyle(color);
  const { machineConfigs, firewall } = view;
  const configs = machineConfigs.checked
    ? `checked by talosctl, ${plural(machineConfigs.pools, 'pool')}`
    : `not checked: ${machineConfigs.why}`;
  const own = firewall.own ? ', and two for each address of the machine that runs create' : '';
  return [
    `${view.file} is valid.`,
    `  machine configurations  ${configs}`,
    `  firewall                ${firewall.effectiveRules} of ${firewall.most} effective rules${own}`,
    ...view.warnings.map((warning) => `${style.yellow('⚠')} ${warning}`),
    ...view.notes.map((note) => `${style.blue('ℹ')} ${note}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
