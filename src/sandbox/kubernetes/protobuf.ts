import { unsupportedMediaType } from './api-error.js';
import type { JsonObject } from './json.js';

/** Fields of a protobuf message by their number; lengths and numbers undecoded. */
type Message = Map<number, (Buffer | number)[]>;

const magic = Buffer.from('k8s\0', 'latin1');

/**
 * Decodes a body of `application/vnd.kubernetes.protobuf`: helm sends its release Secrets so, and
 * kubectl the simple objects of its `create` commands. Other kinds are refused.
 * Source: k8s.io/api generated.proto.
 */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, 4).equals(magic)) throw unsupportedMediaType();
  const envelope = parse(body.subarray(4));
  const typeMeta = parse(bytes(envelope, 1));
  const [apiVersion, kind] = [text(typeMeta, 1) ?? '', text(typeMeta, 2) ?? ''];
  const raw = parse(bytes(envelope, 2));
  if (kind === 'DeleteOptions') return deleteOptions(raw);
  const metadata = objectMeta(parse(bytes(raw, 1)));
  const common = { apiVersion, kind, metadata };
  switch (kind) {
    case 'Secret':
      return {
        ...common,
        data: entries(raw, 2, (value) => value.toString('base64')),
        ...present('type', text(raw, 3)),
        ...present('stringData', filled(entries(raw, 4, utf8))),
      };
    case 'ConfigMap':
      return { ...common, ...present('data', filled(entries(raw, 2, utf8))) };
    case 'Namespace':
    case 'ServiceAccount':
      return common;
    default:
      throw unsupportedMediaType();
  }
}

function objectMeta(message: Message): JsonObject {
  return {
    ...present('name', text(message, 1)),
    ...present('generateName', text(message, 2)),
    ...present('namespace', text(message, 3)),
    ...present('uid', text(message, 5)),
    ...present('resourceVersion', text(message, 6)),
    ...present('labels', filled(entries(message, 11, utf8))),
    ...present('annotations', filled(entries(message, 12, utf8))),
    ...present('finalizers', list(message, 14)),
    ...present('ownerReferences', ownerReferences(message)),
  };
}

function ownerReferences(message: Message): JsonObject[] | undefined {
  const owners = buffers(message, 13).map((buffer): JsonObject => {
    const owner = parse(buffer);
    return {
      kind: text(owner, 1),
      name: text(owner, 3),
      uid: text(owner, 4),
      apiVersion: text(owner, 5),
    };
  });
  return owners.length > 0 ? owners : undefined;
}

function deleteOptions(message: Message): JsonObject {
  const grace = message.get(1)?.[0];
  const preconditions = buffers(message, 2).map((buffer) => {
    const parts = parse(buffer);
    return { ...present('uid', text(parts, 1)), ...present('resourceVersion', text(parts, 2)) };
  });
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...present('preconditions', preconditions[0]),
    ...present('propagationPolicy', text(message, 4)),
    ...present('dryRun', list(message, 5)),
  };
}

function parse(buffer: Buffer): Message {
  const message: Message = new Map();
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = buffer[at++];
      if (byte === undefined) throw unsupportedMediaType();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < buffer.length) {
    const tag = varint();
    const [field, wireType] = [Math.floor(tag / 8), tag % 8];
    if (wireType !== 0 && wireType !== 2) throw unsupportedMediaType();
    const value = varint();
    const content = wireType === 0 ? value : buffer.subarray(at, at + value);
    if (wireType === 2) at += value;
    message.set(field, [...(message.get(field) ?? []), content]);
  }
  return message;
}

function buffers(message: Message, field: number): Buffer[] {
  return (message.get(field) ?? []).filter((value) => typeof value !== 'number');
}

function bytes(message: Message, field: number): Buffer {
  return buffers(message, field).at(-1) ?? Buffer.alloc(0);
}

function text(message: Message, field: number): string | undefined {
  const value = bytes(message, field);
  return value.length > 0 ? utf8(value) : undefined;
}

function list(message: Message, field: number): string[] | undefined {
  const values = buffers(message, field).map(utf8);
  return values.length > 0 ? values : undefined;
}

function utf8(value: Buffer): string {
  return value.toString('utf8');
}

function entries(message: Message, field: number, decode: (value: Buffer) => string): JsonObject {
  const pairs = buffers(message, field).map((buffer) => {
    const entry = parse(buffer);
    return [text(entry, 1) ?? '', decode(bytes(entry, 2))] as const;
  });
  return Object.fromEntries(pairs);
}

function filled(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}

function present(field: string, value: unknown): JsonObject {
  return value === undefined ? {} : { [field]: value };
}
