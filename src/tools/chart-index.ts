import { parse } from 'yaml';
import { z } from 'zod';
import { OxideError } from '../lib/errors.js';

/** What is read of `index.yaml` of a chart repository, as helm writes it: of other charts nothing. */
const indexSchema = z.object({ entries: z.record(z.string(), z.unknown()) });
const chartsSchema = z.array(z.object({ version: z.string(), digest: z.string().nullish() }));

export interface PublishedChart {
  readonly chart: string;
  /** With or without a leading v. */
  readonly version: string;
}

/**
 * SHA-256 of the archive of a chart, as the index of its repository publishes it; several when the
 * index lists the version more than once, none when it publishes no digests.
 */
export function publishedDigests(
  index: string,
  { chart, version }: PublishedChart,
): readonly string[] {
  return read(index, chart)
    .filter((one) => plain(one.version) === plain(version))
    .flatMap(({ digest }) => (digest ? [digest.toLowerCase().replace(/^sha256:/, '')] : []));
}

function read(index: string, chart: string): z.output<typeof chartsSchema> {
  try {
    // All is text (failsafe): a digest of digits only is no number. And a look for keys that are there
    // twice takes a time that grows with the square of their number.
    const options = { schema: 'failsafe', uniqueKeys: false, maxAliasCount: 0 } as const;
    const { entries } = indexSchema.parse(parse(index, options));
    return chartsSchema.parse(entries[chart] ?? []);
  } catch (cause) {
    throw new OxideError('the index.yaml of the chart repository is not the index of one', {
      hint: 'See what is there, or name another place of the chart: cilium.chart in cluster.yaml.',
      cause,
    });
  }
}

function plain(version: string): string {
  return version.replace(/^v/, '');
}
