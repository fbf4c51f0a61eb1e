import { oxide } from '../lib/commands.js';
import { FileProblemsError, type FileProblem } from '../lib/errors.js';
import { visibleLine } from '../lib/visible.js';
import type { Problem } from './source.js';
import { yamlLimits } from './yaml-walk.js';

const referenceHint = `Every key is described by: ${oxide`reference`}`;

/** All mistakes of a file, in the order of their places; the first of very many. */
export function problemsError(file: string, problems: readonly Problem[]): FileProblemsError {
  const found = [...problems]
    .sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
    .map(({ position, path, reason }): FileProblem => ({ file, ...position, path, reason }));
  const different = [...new Map(found.map((problem) => [lineOf(problem), problem]))];
  const shown = different.slice(0, yamlLimits.problems);
  const left = different.length - shown.length;
  const more = left > 0 ? [`${file}: and ${left} problems more`] : [];
  return new FileProblemsError(
    [...shown.map(([line]) => line), ...more],
    shown.map(([, problem]) => problem),
    referenceHint,
  );
}

function lineOf({ file, line, column, path, reason }: FileProblem): string {
  const about = path === '' ? '' : `${path}: `;
  return visibleLine(`${file}:${line}:${column} ${about}${reason}`);
}
