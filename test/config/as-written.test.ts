import { describe, expect, test } from 'vitest';
import { describedSchema, type SchemaNode } from '../../src/config/described-schema.js';
import { parseConfig } from '../../src/config/load.js';
import { UsageError } from '../../src/lib/errors.js';

/** What YAML 1.2, YAML 1.1 and Go's reader do not all take for the same. */
const odd = [
  ...['2020-01-01', '1_000', '0b11', 'yes', 'off', '012', '1e3', '0o14'],
  ...['1.10', '1.0', '12', '-1', 'true', '.inf'],
];

type Path = readonly string[];

/** Every key of cluster.yaml of this kind; `0` stands for the entry of a list, `*` for any key. */
function keysWith(wanted: (node: SchemaNode) => boolean): readonly Path[] {
  const under = (node: SchemaNode, path: Path): Path[] => {
    const others = typeof node.additionalProperties === 'object' ? node.additionalProperties : {};
    return [
      ...(wanted(node) ? [path] : []),
      ...Object.entries(node.properties ?? {}).flatMap(([key, inner]) =>
        under(inner, [...path, key]),
      ),
      ...(node.items ? under(node.items, [...path, '0']) : []),
      ...(others.type === undefined ? [] : under(others, [...path, '*'])),
    ];
  };
  return under(describedSchema(), []);
}

const textKeys = keysWith(({ type }) => type === 'string');
const numberKeys = keysWith(
  ({ type, anyOf = [] }) => type === 'integer' || anyOf.some((one) => one.type === 'integer'),
);

type Tree = { [key: string]: Tree | string | number } | Tree[] | string | number;

/** A good cluster.yaml with this scalar at the path, as it is typed. */
function yamlWith(path: Path, scalar: string): string {
  const pool = () => ({ name: 'a', server_type: 'cx23' });
  const rule = { protocol: 'tcp', port: 80 };
  const root: Tree = {
    cluster_name: 'demo',
    hcloud: { location: 'nbg1', firewall: { extra_rules: [rule] } as unknown as Tree },
    control_planes: [pool()],
    workers: [{ ...pool(), name: 'w' }],
  };
  let node = root as unknown as Record<string, unknown>;
  path.forEach((part, i) => {
    const key = part === '*' ? 'x' : part;
    if (i === path.length - 1) node[key] = '@@';
    else node = (node[key] ??= path[i + 1] === '0' ? [] : {}) as Record<string, unknown>;
  });
  return JSON.stringify(root).replace('"@@"', scalar);
}

/** What oxide makes of the file: its configuration, or what it says is wrong. */
function outcome(text: string): unknown {
  try {
    const config = parseConfig(text, { file: 'cluster.yaml', readFile: () => undefined });
    return { config, token: config.hcloud.token?.reveal() };
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

describe('a text without quotes means the same as with them', () => {
  test.each(textKeys.map((path) => [path.join('.'), path] as const))('as %s', (_, path) => {
    for (const text of odd) {
      const plain = outcome(yamlWith(path, text));
      expect(plain, text).toEqual(outcome(yamlWith(path, `"${text}"`)));
    }
  });

  test('for all keys that the table is about', () => {
    expect(textKeys.map((path) => path.join('.'))).toEqual(
      expect.arrayContaining([
        'talos.version',
        'hcloud.token',
        'hcloud.firewall.allowed_cidrs.0',
        'workers.0.name',
        'workers.0.labels.*',
        'workers.0.taints.0',
        'talos.worker_patches.0',
        'timeouts.nodes',
      ]),
    );
    expect(textKeys.length).toBeGreaterThan(40);
  });

  test('as a key of labels', () => {
    const text = (label: string) => yamlWith(['workers', '0', 'labels'], `{ ${label} }`);
    for (const key of odd.filter((one) => /^[0-9a-z]/i.test(one) && !one.includes(':'))) {
      expect(outcome(text(`${key}: a`)), key).toEqual(outcome(text(`"${key}": a`)));
    }
    expect(outcome(text('012: a'))).toMatchObject({
      config: { workers: [{ labels: { '012': 'a' } }] },
    });
  });

  test('also in a file that says that it is YAML 1.1', () => {
    const body = yamlWith(['workers', '0', 'labels', '*'], '2020-01-01');
    expect(outcome(`%YAML 1.1\n---\n${body}`)).toEqual(outcome(body));
  });

  test('through an anchor', () => {
    const body = `{ hcloud: { location: nbg1 }, cluster_name: demo, control_planes: [{ name: &n 012, server_type: cx23, labels: { same: *n } }] }`;
    expect(outcome(body)).toMatchObject({
      config: { control_planes: [{ name: '012', labels: { same: '012' } }] },
    });
  });

  test('and a label without a value has an empty one', () => {
    expect(outcome(yamlWith(['workers', '0', 'labels'], '{ special: }'))).toMatchObject({
      config: { workers: [{ labels: { special: '' } }] },
    });
  });
});

describe('a number', () => {
  test.each(numberKeys.map((path) => [path.join('.'), path] as const))('as %s', (_, path) => {
    for (const text of odd.filter((one) => !['12', '1.0'].includes(one))) {
      expect(outcome(yamlWith(path, text)), text).toContain(`cluster.yaml:1:`);
    }
    expect(outcome(yamlWith(path, '012'))).toContain(
      'not every reader of YAML takes 012 for the same number: write plain digits',
    );
    expect(outcome(yamlWith(path, '3'))).not.toBeTypeOf('string');
  });
});

test('true and false are written so', () => {
  for (const text of ['yes', 'on', '1', '"true"']) {
    expect(outcome(yamlWith(['cilium', 'enable_hubble'], text))).toContain(
      'cilium.enable_hubble: must be true or false',
    );
  }
});

describe('in helm values', () => {
  const with_ = (scalar: string) => outcome(yamlWith(['cilium', 'helm_values', 'a', 'b'], scalar));

  test.each(['yes', 'No', 'on', 'off', 'y', '012', '1_000', '0b11'])(
    '%s is refused, because helm would read it otherwise',
    (text) => {
      expect(with_(text)).toContain(
        `cilium.helm_values.a.b: not every reader of YAML takes ${text} for the same: write `,
      );
    },
  );

  test.each([
    ['true', true],
    ['12', 12],
    ['1e3', 1000],
    ['"yes"', 'yes'],
    ["'012'", '012'],
    ['2020-01-01', '2020-01-01'],
    ['onwards', 'onwards'],
  ])('%s is taken', (text, value) => {
    expect(with_(text)).toMatchObject({ config: { cilium: { helm_values: { a: { b: value } } } } });
  });
});
