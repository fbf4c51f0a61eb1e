import type { Catalogue } from '../../cluster/catalogue/catalogue.js';
import { schematicOf } from '../../cluster/catalogue/images.js';
import {
  schematicDocument,
  schematicId,
  schematicLabel,
} from '../../cluster/catalogue/schematic.js';
import { PreconditionError, UsageError } from '../../lib/errors.js';
import { enumerate, plural } from '../../lib/format.js';
import { closest, distance } from 'fastest-levenshtein';
import type { StepIo } from '../../lib/step.js';
import { officialExtensions, registerSchematic } from '../../tools/image-factory.js';
import type { FlowContext } from '../run/context.js';

/**
 * Lets the Image Factory know what cluster.yaml adds to Talos, so that its image can be had there.
 * Where a snapshot was made with the same, the factory is not asked. Throws a UsageError that names
 * the extensions that it does not have.
 */
export async function knownSchematic(ctx: FlowContext, { images }: Catalogue): Promise<void> {
  const { talos } = ctx.config;
  const [document, id] = [schematicDocument(talos), schematicId(talos)];
  if (document === undefined || id === undefined) return;
  if (images.some((image) => schematicOf(image) === schematicLabel(id))) return;
  await ctx.step('Ask the Image Factory for the extensions', (io) =>
    register(ctx, { document, id }, io),
  );
}

async function register(
  { config, endpoints, clock, signal }: FlowContext,
  { document, id }: { readonly document: string; readonly id: string },
  io: StepIo,
): Promise<void> {
  const { version, schematic } = config.talos;
  const { imageFactory: base, outbound } = endpoints;
  const factory = { base, outbound, clock, signal };
  if (schematic.extensions.length > 0) {
    const known = await officialExtensions(factory, version);
    const missing = schematic.extensions.filter((name) => !known.includes(name));
    if (missing.length > 0) throw unknownExtensions(missing, known, version);
  }
  const given = await registerSchematic(factory, document);
  // Some factories add the name of their user: what they call it is then not to be known beforehand.
  if (given !== id) {
    throw new PreconditionError(
      `the Image Factory at ${base} has another id for talos.schematic: ${given}, not ${id}`,
      `Take what it said: talos.schematic_id: ${given}, in place of talos.schematic.`,
    );
  }
  io.summary(plural(schematic.extensions.length, 'extension'));
}

function unknownExtensions(
  missing: readonly string[],
  known: readonly string[],
  version: string,
): UsageError {
  const lines = missing.map((name) => {
    const near = nearest(name, known);
    const meant = near.length === 0 ? '' : ` (near it: ${enumerate(near)})`;
    return `talos.schematic.extensions: there is no ${name} for Talos ${version}${meant}`;
  });
  return new UsageError(
    lines,
    'Change cluster.yaml. All that there are: https://github.com/siderolabs/extensions',
  );
}

/** At most three names that may have been meant, the nearest first. */
function nearest(name: string, known: readonly string[]): readonly string[] {
  const bare = (text: string): string => text.replace(/^.*\//, '');
  const wanted = bare(name);
  const isNear = (text: string): boolean =>
    bare(text).includes(wanted) ||
    wanted.includes(bare(text)) ||
    distance(wanted, bare(text)) <= Math.max(2, Math.floor(wanted.length / 3));
  const near = known.filter(isNear);
  const first = closest(name, [...near]);
  return near.length === 0 ? [] : [first, ...near.filter((text) => text !== first)].slice(0, 3);
}
