import { z } from 'zod';

/** The id of a resource. */
export const idField = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** A reference by id or name: an integer, or a string that holds either. */
export const idOrNameField = z.union([idField, z.string().min(1)]);

/** A name of the given greatest length; leading and trailing space is refused. */
export function nameField(maximum: number) {
  return z
    .string()
    .min(1)
    .max(maximum)
    .regex(/^\S(.*\S)?$/, 'must not begin or end with space');
}

/** A server's name: a host name after RFC 1123, as it becomes the machine's. */
export const hostnameField = z
  .string()
  .min(1)
  .max(253)
  .refine(
    (name) =>
      name.split('.').every((label) => /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(label)),
    'must be a valid hostname as per RFC 1123',
  );

/** The body of a request that takes none; `{}` is accepted as well. */
export const noBody = z.strictObject({}).optional();

/** Hetzner docs, "Create a Server": at most 32 KiB. */
const userDataLimit = 32 * 1024;

export const userDataField = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= userDataLimit, 'must not be larger than 32 KiB');
