import { CelError, parseCel, type CelNode } from './parse.js';

/** What an expression may name, and with which types. */
export interface CelEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Objects, and the types of their fields. */
  readonly objects?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly functions?: readonly Overload[];
}

interface Overload {
  readonly name: string;
  /** The types of what it takes; the target of a method is the first. */
  readonly takes: readonly string[];
  readonly gives: string;
}

/** Why an expression is not of the wanted type, as cel-go says it; undefined when it is. */
export function celObjection(
  source: string,
  wanted: string,
  environment: CelEnvironment,
): string | undefined {
  try {
    const type = typeOf(parseCel(source), { ...environment, locals: {} });
    return type === wanted ? undefined : `expression output type is ${type}, expected ${wanted}`;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const caret = `${'.'.repeat(error.at - 1)}^`;
    return `ERROR: <input>:1:${error.at}: ${error.message}\n | ${source}\n | ${caret}`;
  }
}

interface Scope extends CelEnvironment {
  readonly locals: Readonly<Record<string, string>>;
}

function typeOf(node: CelNode, scope: Scope): string {
  switch (node.kind) {
    case 'literal':
      return node.type;
    case 'name': {
      const type = scope.locals[node.name] ?? scope.variables[node.name];
      if (type !== undefined) return type;
      throw new CelError(`undeclared reference to '${node.name}' (in container '')`, node.at);
    }
    case 'field':
      return fieldType(node, scope);
    case 'list':
      return `list(${common(node.items.map((item) => typeOf(item, scope)))})`;
    case 'map': {
      const types = node.items.map((item) => typeOf(item, scope));
      const keys = types.filter((_, index) => index % 2 === 0);
      return `map(${common(keys)}, ${common(types.filter((_, index) => index % 2 === 1))})`;
    }
    case 'call':
      return callType(node, scope);
  }
}

/** The one type of all elements; otherwise anything. */
function common(types: readonly string[]): string {
  const [first = 'dyn'] = types;
  return types.every((type) => type === first) ? first : 'dyn';
}

function fieldType(node: CelNode & { kind: 'field' }, scope: Scope): string {
  const of = typeOf(node.of, scope);
  if (of === 'dyn') return 'dyn';
  const [, value] = mapParts(of);
  if (value !== undefined) return value;
  const fields = scope.objects?.[of];
  if (!fields) throw new CelError(`type '${of}' does not support field selection`, node.at);
  const type = fields[node.name];
  if (type === undefined) throw new CelError(`undefined field '${node.name}'`, node.at);
  return type;
}

const macros = ['all', 'exists', 'exists_one', 'filter', 'map'];

function callType(node: CelNode & { kind: 'call' }, scope: Scope): string {
  const { name, target, args, at } = node;
  if (name === 'has' && args.length === 1 && args[0]?.kind === 'field') {
    typeOf(args[0], scope);
    return 'bool';
  }
  if (target && macros.includes(name) && args[0]?.kind === 'name') return macroType(node, scope);
  const types = [...(target ? [target] : []), ...args].map((part) => typeOf(part, scope));
  const type = operatorType(name, types) ?? functionType(name, types, scope.functions ?? []);
  if (type !== undefined) return type;
  const isKnown = isOperator(name) || standard.some((one) => one.name === name);
  const own = (scope.functions ?? []).some((one) => one.name === name);
  if (!isKnown && !own)
    throw new CelError(`undeclared reference to '${name}' (in container '')`, at);
  const given = target
    ? `${types[0] ?? ''}.(${types.slice(1).join(', ')})`
    : `(${types.join(', ')})`;
  throw new CelError(`found no matching overload for '${name}' applied to '${given}'`, at);
}

function macroType({ name, target, args, at }: CelNode & { kind: 'call' }, scope: Scope): string {
  const of = typeOf(target as CelNode, scope);
  const element = /^list\((.*)\)$/.exec(of)?.[1] ?? mapParts(of)[0] ?? 'dyn';
  const [variable, body] = args;
  if (variable?.kind !== 'name' || !body) throw new CelError('argument must be a simple name', at);
  const locals = { ...scope.locals, [variable.name]: element };
  const type = typeOf(body, { ...scope, locals });
  if (name === 'map') return `list(${type})`;
  if (type !== 'bool' && type !== 'dyn') {
    throw new CelError(`expected type 'bool' but found '${type}'`, body.at);
  }
  return name === 'filter' ? of : 'bool';
}

const numbers = ['int', 'uint', 'double'];
const ordered = [...numbers, 'string', 'bytes', 'bool', 'google.protobuf.Duration'];

function isOperator(name: string): boolean {
  return name.includes('_');
}

function operatorType(name: string, types: readonly string[]): string | undefined {
  const [left = '', right = '', third = ''] = types;
  const isSame = fits(left, right) || fits(right, left);
  const one = left === 'dyn' ? right : left;
  switch (name) {
    case '_||_':
    case '_&&_':
      return types.every((type) => fits('bool', type)) ? 'bool' : undefined;
    case '!_':
      return fits('bool', left) ? 'bool' : undefined;
    case '-_':
      return ['int', 'double', 'dyn'].includes(left) ? left : undefined;
    case '_==_':
    case '_!=_':
      return isSame ? 'bool' : undefined;
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_': {
      return isSame && [...ordered, 'dyn'].includes(one) ? 'bool' : undefined;
    }
    case '_+_':
      return isSame &&
        ([...ordered, 'dyn'].includes(one) || one.startsWith('list(')) &&
        one !== 'bool'
        ? one
        : undefined;
    case '_-_':
      return isSame && [...numbers, 'dyn', 'google.protobuf.Duration'].includes(one)
        ? one
        : undefined;
    case '_*_':
    case '_/_':
      return isSame && [...numbers, 'dyn'].includes(one) ? one : undefined;
    case '_%_':
      return isSame && ['int', 'uint', 'dyn'].includes(one) ? one : undefined;
    case '_in_': {
      const element = /^list\((.*)\)$/.exec(right)?.[1] ?? mapParts(right)[0];
      return right === 'dyn' ||
        (element !== undefined && (fits(element, left) || fits(left, element)))
        ? 'bool'
        : undefined;
    }
    case '_?_:_':
      return fits('bool', left) && (fits(right, third) || fits(third, right)) ? right : undefined;
    case '_[_]':
      return indexType(left, right);
    case '_?._':
    case '_[?_]':
      return `optional_type(${name === '_?._' ? 'dyn' : (indexType(left, right) ?? 'dyn')})`;
    default:
      return undefined;
  }
}

function indexType(of: string, index: string): string | undefined {
  if (of === 'dyn') return 'dyn';
  const element = /^list\((.*)\)$/.exec(of)?.[1];
  if (element !== undefined) return fits('int', index) ? element : undefined;
  const [key, value] = mapParts(of);
  return key !== undefined && fits(key, index) ? value : undefined;
}

function mapParts(type: string): [string, string] | [] {
  const [, key, value] = /^map\(([^,]*), (.*)\)$/.exec(type) ?? [];
  return key === undefined || value === undefined ? [] : [key, value];
}

/** Whether a value of the given type is taken where the wanted one is. */
function fits(wanted: string, given: string): boolean {
  if (wanted === given || wanted === 'dyn' || given === 'dyn') return true;
  const [key, value] = mapParts(wanted);
  const [givenKey, givenValue] = mapParts(given);
  if (key !== undefined && givenKey !== undefined) {
    return fits(key, givenKey) && fits(value ?? '', givenValue ?? '');
  }
  const [list, other] = [wanted, given].map((type) => /^list\((.*)\)$/.exec(type)?.[1]);
  return list !== undefined && other !== undefined && fits(list, other);
}

const any = ['int', 'uint', 'double', 'string', 'bool', 'bytes', 'google.protobuf.Duration', 'dyn'];
const overloads = (name: string, gives: string, ...takes: readonly string[][]): Overload[] =>
  takes.map((types) => ({ name, gives, takes: types }));

/** What every environment has and Talos' examples use (cel-spec, standard definitions). */
const standard: readonly Overload[] = [
  ...['startsWith', 'endsWith', 'contains', 'matches'].flatMap((name) =>
    overloads(name, 'bool', ['string', 'string']),
  ),
  ...['int', 'uint', 'double', 'string', 'bool', 'bytes', 'dyn'].flatMap((name) =>
    overloads(name, name, ...any.map((type) => [type])),
  ),
  ...overloads('duration', 'google.protobuf.Duration', ['string'], ['google.protobuf.Duration']),
  ...overloads('size', 'int', ['string'], ['bytes'], ['list(dyn)'], ['map(dyn, dyn)']),
];

function functionType(
  name: string,
  types: readonly string[],
  own: readonly Overload[],
): string | undefined {
  const optional = /^optional_type\((.*)\)$/.exec(types[0] ?? '')?.[1];
  if (optional !== undefined) {
    if (name === 'hasValue') return 'bool';
    if (name === 'value') return optional;
    if (name === 'orValue' && fits(optional, types[1] ?? '')) return optional;
  }
  const match = [...standard, ...own].find(
    (one) =>
      one.name === name &&
      one.takes.length === types.length &&
      one.takes.every((type, index) => fits(type, types[index] ?? '')),
  );
  return match?.gives;
}
