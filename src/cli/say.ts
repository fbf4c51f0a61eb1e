import { visibleText } from '../lib/visible.js';
import { createStyle } from '../ui/style.js';
import { looksOf } from '../ui/terminal.js';
import { asText } from '../ui/wrap.js';
import type { CliIo } from './io.js';

/** Words that are neither progress nor a result nor an error, as wide as where they go. */
export function say({ stderr, env }: Pick<CliIo, 'stderr' | 'env'>, text: string): void {
  const looks = looksOf(stderr, env);
  const lines = visibleText(text).split('\n');
  stderr.write(createStyle(looks).letters(asText(lines, looks.columns)));
}
