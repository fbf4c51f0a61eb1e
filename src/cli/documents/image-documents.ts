import { z } from 'zod';
import { cost, text, texts } from './parts.js';

const snapshot = z.strictObject({
  id: z.int(),
  description: text,
  status: text.describe("Hetzner's word, as `available`."),
  architecture: text.describe('`x86` or `arm`.'),
  talosVersion: text.nullable().describe('Null: its labels do not say.'),
  schematic: text.nullable().describe('The first 32 characters of the id; null: as above.'),
  size: z.number().nullable().describe('Gigabytes that are paid for; null while it is made.'),
  disk: z.number().describe("Gigabytes that a server's disk must have."),
  created: text,
  protected: z.boolean().describe("Hetzner's delete protection."),
  usedBy: z
    .array(
      z.strictObject({
        cluster: text.nullable().describe('Null: servers of somebody else.'),
        pool: text.nullable(),
        servers: texts.describe('Names.'),
      }),
    )
    .describe('Servers that were made of it.'),
  wantedBy: texts.describe('Clusters whose cluster.yaml would make servers of it now.'),
  monthlyCost: cost.nullable().describe('Null: not known.'),
});

export const imagesBuilt = z.strictObject({
  images: z
    .array(
      z.strictObject({
        id: z.int(),
        architecture: text,
        talosVersion: text,
        schematic: text.describe('The first 32 characters of the id.'),
        made: z.boolean().describe('False: it was there before.'),
      }),
    )
    .describe('Of each architecture that was asked for.'),
});

const monthlyCost = cost.nullable().describe('Of all of them; null: not known.');
const staying = z
  .array(z.strictObject({ id: z.int(), why: text }))
  .describe('Those that somebody needs.');

/** Of builds of images that were stopped. */
const leftovers = z.array(
  z.strictObject({
    kind: z.enum(['server', 'firewall', 'ssh-key', 'snapshot']),
    id: z.int(),
    name: text.describe('Empty for a snapshot.'),
    monthlyCost: cost.nullable().describe('Null: it costs nothing, or it is not known.'),
  }),
);

export const images = z.strictObject({ images: z.array(snapshot), monthlyCost });

export const imagesPlan = z.strictObject({
  images: z.array(snapshot).describe('Those that would be deleted.'),
  monthlyCost,
  staying,
  leftovers: leftovers.describe('What stopped builds of images left, which would be deleted, too.'),
});

export const imagesDeleted = z.strictObject({
  deleted: z.array(z.int()).describe('Ids.'),
  failed: z
    .array(z.strictObject({ id: z.int(), why: text }))
    .describe('Those that are still there and should not be.'),
  staying,
  leftovers: leftovers.describe('What stopped builds of images had left, and is gone now.'),
});
