import { minorOf } from '../versions.js';
import type { Field, FieldType, Struct } from '../schema.js';
import { leafType } from './leaf-types.js';
import { configSections } from './talos-1.13-config.js';
import { choices, documentKinds, documentSections, namedLists } from './talos-1.13-documents.js';
import { choices14, documentKinds14, sections14 } from './talos-1.14.js';

/**
 * The types of one Talos minor's machine configuration. The tables are read when a type is first
 * asked for, and once: `section field:type field:type`, where `*` is a pointer, `[]` a list,
 * `map[]` a mapping, `+` behind a name what is written also when it is empty, and `!` what a patch
 * replaces.
 */
export class Layout {
  private readonly types = new Map<string, FieldType>();

  constructor(
    readonly minor: number,
    private readonly tables: Tables,
  ) {}

  /** The document without a kind. */
  get config(): Struct {
    return this.section('v1alpha1.Config', configMeta);
  }

  /** The type of a kind of document; undefined when this Talos does not know it. */
  document(kind: string, apiVersion: string): Struct | undefined {
    const name = this.tables.kinds.get(kind);
    if (name === undefined || apiVersion !== 'v1alpha1') return undefined;
    return this.section(name, documentMeta);
  }

  private section(name: string, meta: string): Struct {
    const type = this.types.get(name) ?? this.struct(name, meta);
    this.types.set(name, type);
    return type as Struct;
  }

  private type(text: string): FieldType {
    const known = this.types.get(text);
    if (known) return known;
    const type = this.compile(text);
    this.types.set(text, type);
    return type;
  }

  private compile(text: string): FieldType {
    if (text.startsWith('*')) return { ...this.type(text.slice(1)), isPointer: true };
    if (text.startsWith('[]')) {
      const of = this.type(text.slice(2));
      return { kind: 'list', name: `[]${of.isPointer ? '*' : ''}${of.name}`, of };
    }
    if (text.startsWith('map[string]')) {
      const of = this.type(text.slice('map[string]'.length));
      return { kind: 'map', name: `map[string]${of.isPointer ? '*' : ''}${of.name}`, of };
    }
    const name = this.goName(text);
    const list = this.tables.lists.get(text);
    if (list !== undefined) {
      const keys = mergeKeys[text];
      const type = this.type(list);
      const isShown = text !== 'v1alpha1.ClusterInlineManifests';
      return { ...type, ...(isShown ? { name } : {}), ...(keys ? { keys } : {}) };
    }
    const words = this.tables.choices.get(text)?.split(' ');
    if (words) return choiceType(name, words);
    return leafType(text, name) ?? this.struct(text, '');
  }

  private struct(text: string, meta: string): Struct {
    const line = `${meta} ${this.tables.sections.get(text) ?? ''}`.trim();
    const read = (): Record<string, Field> =>
      Object.fromEntries(line === '' ? [] : line.split(' ').map((word) => this.field(word)));
    let fields: Record<string, Field> | undefined;
    return {
      kind: 'struct',
      name: this.goName(text),
      isEncoded: text.startsWith('x509.'),
      get fields() {
        return (fields ??= read());
      },
    };
  }

  private field(word: string): [string, Field] {
    const colon = word.indexOf(':');
    const name = word.slice(0, colon);
    const field = {
      type: this.type(word.slice(colon + 1)),
      isReplaced: name.includes('!'),
      isAlways: name.endsWith('+'),
    };
    return [name.replace(/[!+]/g, ''), field];
  }

  /** Types that moved between packages have no package in the tables. */
  private goName(text: string): string {
    if (text.includes('.') || !/^[A-Z]/.test(text)) return text;
    if (this.minor >= 14) return `meta.${text}`;
    return `${/^(Prefix|Addr)/.test(text) ? 'network' : 'v1alpha1'}.${text}`;
  }
}

const documentMeta = 'apiVersion:string kind+:string';
const configMeta = '';

/** What makes two elements of a list one (Talos source, the types' own Merge). */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  'extensions.ConfigFileList': ['mountPath'],
  'security.ImageVerificationRules': ['image'],
  'v1alpha1.AdmissionPluginConfigList': ['name'],
  'v1alpha1.NetworkDeviceList': ['interface', 'deviceSelector'],
  'v1alpha1.VlanList': ['vlanId'],
};

interface Tables {
  readonly sections: ReadonlyMap<string, string>;
  readonly kinds: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, string>;
  readonly choices: ReadonlyMap<string, string>;
}

/** The minors of Talos that first knew a kind; all others are older than any that counts. */
const since: readonly (readonly [minor: number, kinds: string])[] = [
  [
    12,
    'BondConfig BridgeConfig DHCPv4Config DHCPv6Config DummyLinkConfig HCloudVIPConfig ' +
      'HostnameConfig Layer2VIPConfig LinkAliasConfig LinkConfig OOMConfig RegistryAuthConfig ' +
      'RegistryMirrorConfig RegistryTLSConfig ResolverConfig StaticHostConfig TimeSyncConfig ' +
      'VLANConfig WireguardConfig',
  ],
  [
    13,
    'BlackholeRouteConfig EnvironmentConfig ExternalVolumeConfig ImageVerificationConfig ' +
      'KubeSpanConfig RoutingRuleConfig TCPProbeConfig VRFConfig',
  ],
];

function tablesOf(minor: number): Tables {
  const isNew = minor >= 14;
  const sections = parse(configSections, documentSections, isNew ? sections14 : '');
  const kinds = parse(documentKinds, isNew ? documentKinds14 : '');
  for (const [first, names] of since) {
    if (minor < first) for (const kind of names.split(' ')) kinds.delete(kind);
  }
  return {
    sections,
    kinds,
    lists: parse(namedLists),
    choices: parse(choices, isNew ? choices14 : ''),
  };
}

/** A table by its lines' first words; a line that starts with blanks goes on with the one above. */
function parse(...texts: readonly string[]): Map<string, string> {
  const table = new Map<string, string>();
  for (const line of texts.join('\n').replaceAll('\n  ', ' ').split('\n')) {
    const [name = '', ...rest] = line.split(' ');
    if (name !== '') table.set(name, rest.join(' '));
  }
  return table;
}

function choiceType(name: string, words: readonly string[]): FieldType {
  const values = words.filter((word) => !word.includes('..'));
  return { kind: 'choice', name, values, takesNumbers: values.length < words.length };
}

const layouts = new Map<number, Layout>();

/** The layout that a Talos version reads, `v1.13.9`. */
export function layoutOf(talosVersion: string): Layout {
  const minor = minorOf(talosVersion);
  const layout = layouts.get(minor) ?? new Layout(minor, tablesOf(minor));
  layouts.set(minor, layout);
  return layout;
}
