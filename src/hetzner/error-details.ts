import { z } from 'zod';

const detailsSchema = z
  .object({
    fields: z
      .array(z.object({ name: z.string(), messages: z.array(z.string()).optional() }))
      .optional()
      .catch(undefined),
    limits: z
      .array(z.object({ name: z.string() }))
      .optional()
      .catch(undefined),
    announcement: z.string().optional().catch(undefined),
  })
  .catch({});

/** What the details of an error say: Hetzner gives other ones with every code, or none. */
export function detailsOf(details: unknown): z.output<typeof detailsSchema> {
  return detailsSchema.parse(details ?? {});
}
