import { parseAllDocuments } from 'yaml';
import { enumerate } from '../../lib/format.js';
import type { GatewayApiWish, GatewayChannel } from './gateway-api.js';

const group = 'gateway.networking.k8s.io';
/** The group of what is tried out. */
const experimentalGroup = 'gateway.networking.x-k8s.io';
/** The policy that keeps older and experimental definitions out, since Gateway API 1.5. */
const guardName = `safe-upgrades.${group}`;

type Contents = Readonly<Record<string, readonly string[]>>;

const first = ['gatewayclasses', 'gateways', 'grpcroutes', 'httproutes', 'referencegrants'];
const since14 = [...first, 'backendtlspolicies'];
const since15 = [...since14, 'listenersets', 'tcproutes', 'tlsroutes', 'udproutes'];

const guard = [
  `ValidatingAdmissionPolicy ${guardName}`,
  `ValidatingAdmissionPolicyBinding ${guardName}`,
];

/** What `standard-install.yaml` of a release holds (kubernetes-sigs/gateway-api, config/crd/standard). */
const standard: Contents = {
  'v1.2.1': definitions(first),
  'v1.3.0': definitions(first),
  'v1.4.1': definitions(since14),
  'v1.6.1': [...definitions(since15), ...guard],
};

const routes = ['tcproutes', 'tlsroutes', 'udproutes'];

/** The same of `experimental-install.yaml` (config/crd/experimental). */
const experimental: Contents = {
  'v1.2.1': definitions([...since14, ...routes, 'backendlbpolicies']),
  'v1.3.0': [
    ...definitions([...since14, ...routes]),
    ...definitions(['xbackendtrafficpolicies', 'xlistenersets'], experimentalGroup),
  ],
  'v1.4.1': [
    ...definitions([...since14, ...routes]),
    ...definitions(['xbackendtrafficpolicies', 'xlistenersets', 'xmeshes'], experimentalGroup),
  ],
  'v1.6.1': [
    ...definitions(since15),
    ...guard,
    ...definitions(['xbackends', 'xbackendtrafficpolicies', 'xmeshes'], experimentalGroup),
  ],
};

const contents: Readonly<Record<GatewayChannel, Contents>> = { standard, experimental };

/** Which bundle is expected. */
type Expected = Pick<GatewayApiWish, 'wanted' | 'channel'>;

const apiVersions: Readonly<Record<string, string>> = {
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  ValidatingAdmissionPolicy: 'admissionregistration.k8s.io/v1',
  ValidatingAdmissionPolicyBinding: 'admissionregistration.k8s.io/v1',
};

/** A manifest that was read, or why it is not the one that it should be. */
export type GatewayManifest = { readonly json: string } | { readonly wrong: string };

/**
 * Reads the manifest of a release of the Gateway API. It is applied with the rights of an
 * administrator, so it may hold what belongs there and nothing else. What comes out are the objects as
 * they were read, so that kubectl cannot read something else in the same text.
 */
export function readGatewayManifest(text: string, expected: Expected): GatewayManifest {
  const objects = objectsOf(text);
  if (!objects) return { wrong: `it is no list of Kubernetes objects: ${beginning(text)}` };
  const problem =
    objects.map((object) => objectProblem(object, expected)).find((one) => one !== undefined) ??
    setProblem(objects.map(nameOf), contentsOf(expected));
  if (problem !== undefined) return { wrong: problem };
  return { json: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) };
}

interface KubeObject {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: {
    readonly name?: unknown;
    readonly annotations?: Readonly<Record<string, unknown>>;
  };
  readonly spec?: {
    readonly group?: unknown;
    readonly names?: { readonly plural?: unknown };
    readonly conversion?: { readonly strategy?: unknown };
    readonly matchConstraints?: { readonly resourceRules?: unknown };
    readonly policyName?: unknown;
  };
}

/** All documents that are not empty; undefined when one is no mapping, or refers to another place. */
function objectsOf(text: string): readonly KubeObject[] | undefined {
  try {
    // A look for keys that are there twice takes a time that grows with the square of their number.
    const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) {
      return undefined;
    }
    const values = documents
      .map((document) => document.toJS({ maxAliasCount: 0 }) as unknown)
      .filter((value) => value !== null);
    return values.length > 0 && values.every(isMapping) ? values : undefined;
  } catch {
    return undefined;
  }
}

function contentsOf({ wanted, channel }: Expected): readonly string[] {
  return contents[channel][wanted] ?? [];
}

function objectProblem(object: KubeObject, expected: Expected): string | undefined {
  const name = nameOf(object);
  if (!contentsOf(expected).includes(name)) return `it holds ${name}, which does not belong there`;
  const { apiVersion, kind, metadata, spec } = object;
  const wanted = apiVersions[String(kind)];
  if (apiVersion !== wanted) return `${name} is of ${text(apiVersion)}, not of ${wanted ?? ''}`;
  const annotations = metadata?.annotations ?? {};
  for (const [key, right] of [
    // The policy is the same in both bundles, and says that it is of the standard channel.
    ['channel', kind === 'CustomResourceDefinition' ? expected.channel : 'standard'],
    ['bundle-version', expected.wanted],
  ] as const) {
    const found = annotations[`${group}/${key}`];
    if (found !== right) return `${name} has the ${key} ${text(found)}, not ${right}`;
  }
  if (kind !== 'CustomResourceDefinition') return guardProblem(object);
  const own = name.endsWith(experimentalGroup) ? experimentalGroup : group;
  if (spec?.group !== own) return `${name} is of the group ${text(spec?.group)}, not ${own}`;
  // A conversion by webhook would send every such object to whoever the manifest names.
  const strategy = spec.conversion?.strategy ?? 'None';
  return strategy === 'None' ? undefined : `${name} is converted by ${text(strategy)}`;
}

/** The policy may judge definitions only: whatever else it matched, it could stop the cluster. */
function guardProblem(object: KubeObject): string | undefined {
  const { kind, spec } = object;
  if (kind === 'ValidatingAdmissionPolicyBinding') {
    if (spec?.policyName === guardName) return undefined;
    return `${nameOf(object)} is for ${text(spec?.policyName)}`;
  }
  const rules = spec?.matchConstraints?.resourceRules;
  const judgesDefinitions =
    Array.isArray(rules) &&
    rules.every(
      (rule) =>
        isMapping(rule) &&
        'apiGroups' in rule &&
        JSON.stringify(rule.apiGroups) === '["apiextensions.k8s.io"]',
    );
  return judgesDefinitions ? undefined : `${nameOf(object)} judges more than definitions`;
}

function setProblem(found: readonly string[], wanted: readonly string[]): string | undefined {
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length > 0) return `it holds no ${enumerate(missing)}`;
  const twice = found.find((name, index) => found.indexOf(name) !== index);
  return twice === undefined ? undefined : `it holds ${twice} twice`;
}

function nameOf({ kind, metadata }: KubeObject): string {
  if (typeof kind !== 'string') return 'an object without a kind';
  return `${kind} ${text(metadata?.name)}`;
}

function definitions(plurals: readonly string[], of = group): readonly string[] {
  return plurals.map((plural) => `CustomResourceDefinition ${plural}.${of}`);
}

/** How a text begins, for an error: the page of a proxy is known by it. */
function beginning(whole: string): string {
  const start = whole.trimStart().slice(0, 60).replace(/\s+/g, ' ').trim();
  return start === '' ? 'it is empty' : `it begins with "${start}"`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? 'nothing' : 'something odd';
}

function isMapping(value: unknown): value is KubeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
