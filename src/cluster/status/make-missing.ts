import { oxide } from '../../lib/commands.js';

/** The next command for whatever a create makes. */
export const makesMissing = `${oxide`create`} makes what is missing`;
