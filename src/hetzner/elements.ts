import type { z } from 'zod';
import { firstProblem } from './answer.js';

/** How to read what may not be as the API describes it. */
export interface Tolerance {
  /** Whether an element with these labels is something that oxide has to be able to read. */
  readonly isOwn: (labels: unknown) => boolean;
  /** Told of each other element that is left out, whole or in part. */
  readonly onSkipped: (what: string) => void;
}

/** An element of the cluster that cannot be read; its message names it. */
export class UnreadableElement extends Error {}

/**
 * The elements of a list. What is the cluster's has to be as the API describes it, or this throws.
 * Of everything else an odd field is left out: it is not oxide's to judge, and must not hide the rest.
 */
export function readElements<S extends z.ZodObject>(
  raw: readonly unknown[],
  schema: S,
  { isOwn, onSkipped }: Tolerance,
): z.output<S>[] {
  return raw.flatMap((element) => {
    const parsed = schema.safeParse(element);
    if (parsed.success) return [parsed.data];
    const problem = `${nameOf(element)}: ${firstProblem(parsed.error)}`;
    if (isOwn(fieldOf(element, 'labels'))) throw new UnreadableElement(problem);
    onSkipped(problem);
    return readInPart(element, schema);
  });
}

/** Without an id and a name it could not even be told to anybody; without a blank it is of no use. */
function readInPart<S extends z.ZodObject>(element: unknown, schema: S): z.output<S>[] {
  if (typeof element !== 'object' || element === null) return [];
  const fields: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(schema.shape)) {
    const parsed = (field as z.ZodType).safeParse(fieldOf(element, key));
    if (!parsed.success && !blanks.has(key)) return [];
    fields[key] = parsed.success ? parsed.data : blanks.get(key);
  }
  // Each field is what the schema says, or its blank, which keeps to it.
  return [fields as z.output<S>];
}

/** What stands for a field of somebody else's resource that cannot be read. */
const blanks: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['status', 'unknown'],
  ['created', ''],
  ['description', ''],
  ['labels', {}],
  ['protection', { delete: false }],
  ['server_type', { name: 'unknown', prices: [] }],
  ['load_balancer_type', { name: 'unknown', prices: [] }],
  ['location', { name: 'unknown' }],
  ['home_location', { name: 'unknown' }],
  ['public_net', { ipv4: null, ipv6: null, firewalls: [] }],
  ['private_net', []],
  ['volumes', []],
  ['servers', []],
  ['targets', []],
  ['subnets', []],
  ['rules', []],
  ['applied_to', []],
  ['server', null],
  ['size', 0],
  ['assignee_id', null],
  ['auto_delete', false],
]);

function fieldOf(element: unknown, key: string): unknown {
  if (typeof element !== 'object' || element === null || !Object.hasOwn(element, key)) {
    return undefined;
  }
  return (element as Readonly<Record<string, unknown>>)[key];
}

/** `demo-web-1 (id 42)`, as far as it can be told. */
function nameOf(element: unknown): string {
  const [name, id] = [fieldOf(element, 'name'), fieldOf(element, 'id')];
  const parts = [
    typeof name === 'string' ? name : 'one',
    typeof id === 'number' ? `(id ${id})` : '',
  ];
  return parts.join(' ').trim();
}
