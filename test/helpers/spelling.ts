import { spell, type Spelling } from '../../src/lib/commands.js';

/** Commands without the flags of any run. */
export const plainSpelling: Spelling = {
  rehearsal: false,
  own: (command) => `oxide ${command}`,
  tool: (command) => command,
};

/** A text as it is shown by a run without flags. */
export function spelled(text: string): string {
  return spell(text, plainSpelling);
}
