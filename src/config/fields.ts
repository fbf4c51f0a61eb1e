import { z } from 'zod';
import { canonicalSource, parseIpv4Range } from '../cluster/network/cidr.js';
import { durationForm, parseDuration } from '../lib/duration.js';

/** Text that matches a pattern; otherwise the error says what is expected. */
function matching(pattern: RegExp, expected: string) {
  return z.string().regex(pattern, {
    error: (issue) => `${JSON.stringify(issue.input)} must be ${expected}`,
  });
}

/** Text that a parser accepts; what the parser throws becomes the reason. */
function parsedBy(parse: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      parse(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
}

/** A time such as `10m`, given back in milliseconds. */
export const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} must be ${durationForm}` });
  return z.NEVER;
});

/** An IPv4 range such as `10.0.0.0/16`. */
export const ipv4Range = parsedBy(parseIpv4Range);

/** An address or range of either family, in Hetzner's canonical form. */
export const firewallSource = parsedBy(canonicalSource).transform(canonicalSource);

const dnsLabel = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
const labelName = '[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?';
const labelKey = `(${dnsLabel}(\\.${dnsLabel})*/)?${labelName}`;
const labelValue = `(${labelName})?`;

export const clusterName = matching(
  /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/,
  'at most 32 lower-case letters, digits and dashes, beginning with a letter, not ending with a dash',
);

export const poolName = matching(
  new RegExp(`^${dnsLabel}$`),
  'lower-case letters, digits and dashes, not beginning or ending with a dash',
);

/** A name of helm and of Kubernetes: of a release, or of a namespace. */
export const releaseName = matching(
  /^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/,
  'at most 53 lower-case letters, digits and dashes, not beginning or ending with a dash',
);

/** Where a chart comes from: no place for a password, because helm is called with it. */
export const chartSource = z
  .string()
  .min(1)
  .regex(
    /^(?![a-z]+:\/\/[^/]*@)/i,
    'holds a login, which others on this machine could read: for an OCI registry use helm registry login, for any other repository fetch the chart yourself and name its path',
  );

/** A name in Hetzner's catalogue. Whether it exists is asked of the API. */
export const catalogueName = matching(/^[a-z0-9][a-z0-9-]*$/, 'a name such as nbg1 or cx33');

const release = '\\d+\\.\\d+\\.\\d+(-(alpha|beta|rc)\\.\\d+)?';
const versionPattern = new RegExp(`^v?${release}$`);

/** A version with three numbers, given back with a leading `v`. */
export const talosVersion = matching(versionPattern, 'a version such as v1.13.9').transform(
  (version) => `v${withoutV(version)}`,
);

/** A version with three numbers, given back without a leading `v`. */
export function plainVersion(example: string) {
  return matching(versionPattern, `a version such as ${example}`).transform(withoutV);
}

function withoutV(version: string): string {
  return version.replace(/^v/, '');
}

/** A whole number, or digits or the like in quotes. */
function numberOrText(number: z.ZodInt, text: RegExp, reason: string) {
  // A text of the wrong pattern is the union's answer, not its failure: both need the reason.
  return z.union([number, z.string().regex(text, { error: reason })], { error: reason });
}

/** A Hetzner image id, as a number or as digits in quotes. */
export const snapshotId = numberOrText(
  z.int().positive(),
  /^[1-9]\d{0,15}$/,
  'must be the number of a snapshot, such as 123456789',
).transform(Number);

/** The official name of a system extension, given back with its owner. */
export const extensionName = matching(
  /^([a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9._-]*$/,
  'the name of an extension such as siderolabs/iscsi-tools',
).transform((name) => (name.includes('/') ? name : `siderolabs/${name}`));

/**
 * An argument of the kernel's command line. Of plain letters, and none of YAML's words for something
 * else: it is written into a document whose digest is its id.
 */
export const kernelArgument = matching(
  /^(?!(?:y|n|yes|no|on|off|true|false|null)$)-?[a-z](?:[\w.,:/@%+=-]*[\w.,/@%+=-])?$/i,
  'an argument such as console=ttyS0, without blanks and quotes',
);

/** Where an image is, with places to fill in. */
export const imageUrl = matching(
  /^https:\/\/[\w.-]+(:\d+)?\/(?:[\w.~/%+=,-]|\{version\}|\{arch\})+$/,
  'an https address of an .xz file, in which {version} and {arch} are filled in',
);

/** What the Image Factory calls a set of extensions and arguments. */
export const schematicId = matching(
  /^[0-9a-f]{64}$/,
  'the id of a schematic: 64 digits and letters from a to f',
);

/** Kubernetes labels of a node. */
export const labels = z.record(
  matching(new RegExp(`^${labelKey}$`), 'a label key such as workload or example.com/workload'),
  matching(
    new RegExp(`^${labelValue}$`),
    'a label value: at most 63 letters, digits, dots, dashes and underscores',
  ),
);

/** A taint of Kubernetes nodes. */
export interface Taint {
  readonly key: string;
  /** Empty when the taint has none. */
  readonly value: string;
  readonly effect: TaintEffect;
}

type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';

const taintPattern = new RegExp(
  `^(?<key>${labelKey})(=(?<value>${labelValue}))?:(?<effect>NoSchedule|PreferNoSchedule|NoExecute)$`,
);

/** A taint in kubectl's notation, `key=value:Effect` or `key:Effect`. */
export const taint = matching(
  taintPattern,
  'a taint such as dedicated=gpu:NoSchedule (effects: NoSchedule, PreferNoSchedule, NoExecute)',
).transform((text): Taint => {
  const { key = '', value = '', effect } = taintPattern.exec(text)?.groups ?? {};
  return { key, value, effect: effect as TaintEffect };
});

/** `https://host:port`, the port given, with nothing behind it. */
export const httpsEndpoint = matching(
  /^https:\/\/([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]):\d{1,5}$/i,
  'an address such as https://k8s.example.com:6443',
);

/** One port, a range of ports or `any`, always given back as text. */
export const port = numberOrText(
  z.int().min(1).max(65535),
  /^(\d{1,5}(-\d{1,5})?|any)$/,
  'must be a port such as 8080, a range such as "30000-32767", or any',
).transform(String);

/** A patch of the machine configuration. */
export interface ConfigPatch {
  readonly text: string;
  /** Where it comes from: `cluster.yaml:9:7 talos.worker_patches.1`, with its file when it has one. */
  readonly origin: string;
}

/** Text, or the path of a file, which is read once the whole file was checked. */
export const configPatch = z
  .string()
  .min(1)
  .transform((text): ConfigPatch => ({ text, origin: '' }));
