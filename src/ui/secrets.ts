import type { Looks } from './style.js';
import { asText } from './wrap.js';
import { oxide } from '../lib/commands.js';

/** What of an encrypted copy that was written is shown. */
export interface ExportedView {
  readonly cluster: string;
  readonly file: string;
  readonly contents: readonly string[];
  readonly caFingerprint: string;
}

/** What is in the copy, and the command that brings it back. */
export function renderExported(exported: ExportedView, back: string, { columns }: Looks): string {
  const { cluster, file, contents, caFingerprint } = exported;
  const lines = [
    `Wrote ${file}, the encrypted copy of the cluster "${cluster}":`,
    ...contents.map((name) => `  ${name}`),
    `Certificate authority: ${caFingerprint}`,
    '',
    'Keep it somewhere safe, and its passphrase somewhere else. Bring it back with:',
    `  ${back}`,
  ];
  return asText(['', ...lines], columns);
}

/** What of a copy that was brought back is shown. */
export interface ImportedView {
  readonly cluster: string;
  readonly caFingerprint: string;
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly comparison:
    { readonly is: 'same' | 'no-network' | 'no-cluster' } | { readonly unknown: string };
}

/** What was written, what it was compared with, and the command to go on with. */
export function renderImported(imported: ImportedView, { columns }: Looks): string {
  const { cluster, caFingerprint, written, kept, comparison } = imported;
  const lines = [
    written.length > 0
      ? `The secrets of the cluster "${cluster}" are back:`
      : `Nothing to do: all of the copy is there already.`,
    ...written.map((path) => `  ${path}`),
    ...kept.map((path) => `  ${path} (was there)`),
    `Certificate authority: ${caFingerprint}`,
    comparisonLine(comparison, cluster),
    ...('is' in comparison && comparison.is === 'no-cluster'
      ? []
      : ['', 'Go on with:', `  ${oxide`kubeconfig`}`]),
  ];
  return asText(['', ...lines], columns);
}

function comparisonLine(comparison: ImportedView['comparison'], cluster: string): string {
  if ('unknown' in comparison) {
    return `Not compared with the cluster at Hetzner: ${comparison.unknown}.`;
  }
  switch (comparison.is) {
    case 'same':
      return `The cluster "${cluster}" at Hetzner was made with it.`;
    case 'no-network':
      return `Not compared: the network of "${cluster}" that carries the fingerprint does not exist.`;
    case 'no-cluster':
      return `Not compared: there is nothing of "${cluster}" in the Hetzner project.`;
  }
}
