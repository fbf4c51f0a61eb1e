import { z } from 'zod';

type Holding<K extends string, S extends z.ZodType> = z.ZodObject<Record<K, S>>;

const known = new WeakMap<z.ZodType, Map<string, z.ZodType>>();

/** An answer that holds one thing under its name. Made once: what a schema costs is its first use. */
export function holding<K extends string, S extends z.ZodType>(key: K, schema: S): Holding<K, S> {
  const ofSchema = known.get(schema) ?? new Map<string, z.ZodType>();
  known.set(schema, ofSchema);
  const made = ofSchema.get(key) ?? z.object({ [key]: schema });
  ofSchema.set(key, made);
  return made as Holding<K, S>;
}
