import { z } from 'zod';
import { cluster, kept, notes, text, texts } from './parts.js';

/** An addon as a status shows it, too. */
export const addon = z.strictObject({
  name: text,
  kind: z
    .enum(['addon', 'manifest'])
    .describe(
      '`manifest`: one of your own, by what cluster.yaml calls it; versions are the beginnings of its SHA-256.',
    ),
  wanted: text.nullable().describe('Version; null: cluster.yaml does not ask for it.'),
  installed: text.nullable().describe('Version; null: it is not there.'),
  state: z
    .enum(['works', 'not-working', 'not-installed', 'half-installed', 'surplus', 'impossible'])
    .describe('`surplus`: cluster.yaml does not ask for it, and it is there.'),
  asWanted: z.boolean().describe('Version and values are those of cluster.yaml.'),
  why: text
    .nullable()
    .describe(
      'Why it does not work, or what a manifest has made that is not asked for any more; null otherwise.',
    ),
});

const listed = {
  cluster,
  addons: z.array(addon).describe('Those that are wanted or there.'),
  off: texts.describe('Those that could be switched on.'),
};

export const addons = z.strictObject(listed);

export const addonsApplied = z.strictObject({
  ...listed,
  applied: texts.describe('Names of those that were installed or changed.'),
});

export const addonRemoved = z.strictObject({
  cluster,
  name: text,
  removed: z.boolean().describe('False: it was not there.'),
  left: z.array(kept).describe('What it made at Hetzner, which stays.'),
  notes,
});
