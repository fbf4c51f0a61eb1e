import { z } from 'zod';

/** What Hetzner's ids are. */
export const id = z.int().positive();

/** The labels of a resource. */
export const labels = z.record(z.string(), z.string());
/** Unreadable, it stands for none: what is protected is refused by Hetzner itself. */
export const protection = z.object({ delete: z.boolean() }).catch({ delete: false });

/** A list that may be absent or null: both mean that there is nothing in it. */
export function list<S extends z.ZodType>(element: S) {
  return z
    .array(element)
    .nullish()
    .transform((elements) => elements ?? []);
}

/** A list for the user's eyes: what cannot be read of it is left out. */
export function readable<S extends z.ZodType>(element: S) {
  return z
    .array(z.unknown())
    .nullish()
    .catch(undefined)
    .transform((all): z.output<S>[] =>
      (all ?? []).flatMap((one) => {
        const parsed = element.safeParse(one);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

/** Decimal numbers in strings, as Hetzner gives them; anything else would become a price of NaN. */
const decimal = z.string().regex(/^\d{1,9}(\.\d{1,20})?$/);

/** An amount of the project's currency. */
export const moneySchema = z.object({ net: decimal, gross: decimal });

/** What something costs in one location. */
export const priceSchema = z.object({
  location: z.string(),
  price_hourly: moneySchema,
  price_monthly: moneySchema,
});

/** A type as it stands in what was made of it: with its prices, also when it is no longer sold. */
export const typeSchema = z.object({ name: z.string(), prices: readable(priceSchema) });
