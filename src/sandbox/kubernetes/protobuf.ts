import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { badRequest, unsupportedMediaType } from './api-error.js';
import type { JsonObject } from './json.js';
import {
  allDefinitions,
  definitionName,
  innerType,
  type Definition,
  type Field,
} from './schemas/definitions.js';

const magic = Buffer.from('k8s\0', 'latin1');

/**
 * Decodes a body of `application/vnd.kubernetes.protobuf`, as kubectl, helm and controllers send it:
 * an envelope with the kind, and the object as its published message says.
 */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, 4).equals(magic)) throw unsupportedMediaType();
  try {
    const envelope = fieldsOf(body.subarray(4));
    const identity = fieldsOf(envelope.get(1) ?? new Uint8Array());
    const [apiVersion, kind] = [text(identity.get(1)), text(identity.get(2))];
    const definition = definitionOf(apiVersion, kind);
    return { apiVersion, kind, ...decode(envelope.get(2) ?? new Uint8Array(), definition) };
  } catch (error) {
    // What the reader throws of bytes that are no message.
    if (error instanceof RangeError)
      throw badRequest(`the body cannot be decoded: ${error.message}`);
    throw error;
  }
}

function definitionOf(apiVersion: string, kind: string): Definition {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  // Options of a request carry the group of what the request is about.
  const isOptions = kind === 'DeleteOptions';
  const name = isOptions ? 'meta.v1.DeleteOptions' : definitionName({ group, version, kind });
  const found = allDefinitions().get(name);
  if (found) return found;
  throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}" in scheme`);
}

/** The length-delimited fields of a small message, by number. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array> {
  const reader = new BinaryReader(bytes);
  const found = new Map<number, Uint8Array>();
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) found.set(number, reader.bytes());
    else reader.skip(wireType, number);
  }
  return found;
}

function decode(bytes: Uint8Array, definition: Definition): JsonObject {
  const reader = new BinaryReader(bytes);
  const result: JsonObject = {};
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = definition.fields.find((item) => item.number === number);
    if (field) readField(reader, field, result);
    else reader.skip(wireType, number);
  }
  return result;
}

function readField(reader: BinaryReader, field: Field, result: JsonObject): void {
  const { name, type, optional, required } = field;
  if (name === '...') {
    Object.assign(result, readValue(reader, type));
  } else if (type.startsWith('[')) {
    const list = (result[name] ?? []) as unknown[];
    result[name] = [...list, readValue(reader, innerType(type))];
  } else if (type.startsWith('{')) {
    result[name] = { ...(result[name] as JsonObject | undefined), ...readEntry(reader, type) };
  } else {
    const value = readValue(reader, type);
    const isZero = value === '' || value === 0 || value === false;
    if (value !== undefined && (optional || required || !isZero)) result[name] = value;
  }
}

function readEntry(reader: BinaryReader, type: string): JsonObject {
  const entry = new BinaryReader(reader.bytes());
  let key = '';
  let value: unknown = '';
  while (entry.pos < entry.len) {
    const [number] = entry.tag();
    if (number === 1) key = entry.string();
    else value = readValue(entry, innerType(type));
  }
  return { [key]: value };
}

function readValue(reader: BinaryReader, type: string): unknown {
  switch (type) {
    case 'string':
      return reader.string();
    case 'int32':
      return reader.int32();
    case 'int64':
      return Number(reader.int64());
    case 'boolean':
      return reader.bool();
    case 'double':
      return reader.double();
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    default:
      return readMessage(reader.bytes(), type);
  }
}

/** Messages whose JSON is not an object of their fields. */
function readMessage(bytes: Uint8Array, type: string): unknown {
  const definition = allDefinitions().get(type);
  if (definition) return decode(bytes, definition);
  // A list of texts as the value of a map is a message around it.
  if (type.startsWith('[')) return decode(bytes, wrapper(type))['items'] ?? [];
  const special = specials[type];
  if (!special) return undefined;
  const value = decode(bytes, special);
  switch (type) {
    case 'time':
    case 'microTime':
      return timeText(value, type === 'time' ? 0 : 6);
    case 'quantity':
      return value['string'] ?? '0';
    case 'intOrString':
      return value['type'] === 1 ? (value['text'] ?? '') : (value['number'] ?? 0);
    case 'raw':
    case 'json':
    case 'fields':
      return JSON.parse(
        Buffer.from((value['raw'] as string | undefined) ?? '', 'base64').toString() || 'null',
      );
    default:
      return value['schema'] ?? value['list'] ?? value['allows'] ?? false;
  }
}

function timeText({ seconds, nanos }: JsonObject, digits: 0 | 6): string | undefined {
  if (seconds === undefined) return undefined;
  const whole = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19);
  const micros = String(Math.floor(Number(nanos ?? 0) / 1_000)).padStart(6, '0');
  return digits === 0 ? `${whole}Z` : `${whole}.${micros}Z`;
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}

function wrapper(type: string): Definition {
  return message(['items', type]);
}

const schema = ['schema', 'apiextensions.v1.JSONSchemaProps'] as const;
const bytesOnly = message(['raw', 'bytes']);
const time = message(['seconds', 'int64'], ['nanos', 'int32']);

const specials: Readonly<Record<string, Definition>> = {
  time,
  microTime: time,
  quantity: message(['string', 'string']),
  intOrString: message(['type', 'int64'], ['number', 'int32'], ['text', 'string']),
  raw: bytesOnly,
  json: bytesOnly,
  fields: bytesOnly,
  schemaOrBool: message(['allows', 'boolean'], schema),
  schemaOrArray: message(schema, ['list', '[apiextensions.v1.JSONSchemaProps]']),
  schemaOrStrings: message(schema, ['list', '[string]']),
};

function message(...fields: readonly (readonly [string, string])[]): Definition {
  return {
    name: '',
    atomic: false,
    fields: fields.map(([name, type], index) => ({
      name,
      number: index + 1,
      required: false,
      optional: true,
      type,
      marks: {},
    })),
  };
}
