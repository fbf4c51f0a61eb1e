import type { Style } from './style.js';
import { hanging } from './wrap.js';

interface Remarks {
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Warnings and notes, each with its mark, wrapped below each other. */
export function remarkLines(
  { warnings, notes }: Remarks,
  columns: number | undefined,
  { marks }: Style,
): string[] {
  return [
    ...warnings.map((text) => hanging(`${marks.warning} `, text, columns)),
    ...notes.map((text) => hanging(`${marks.note} `, text, columns)),
  ];
}
