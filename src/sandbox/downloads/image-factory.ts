import { createHash } from 'node:crypto';
import { isMap, isScalar, LineCounter, parseDocument, stringify } from 'yaml';
import type { Download, DownloadRequest } from './answer.js';
import { extensions } from './extensions.js';
import { factoryImage } from './factory-images.js';
import type { FactoryStore } from './factory-store.js';

/**
 * The Image Factory (siderolabs/image-factory, internal/frontend/http): it registers what is to be
 * added to Talos, lists extensions and makes disk images.
 */
export function imageFactory(
  path: string,
  request: DownloadRequest,
  { factory, now }: { readonly factory: FactoryStore; readonly now: number },
): Download {
  if (path === '/schematics' && request.method === 'POST') return create(request.body, factory);
  const version = /^\/version\/v?(\d+\.\d+\.\d+[^/]*)\/extensions\/official$/.exec(path)?.[1];
  if (version !== undefined && request.method === 'GET') return json(200, official(version));
  const { method } = request;
  const image =
    method === 'GET' || method === 'HEAD'
      ? factoryImage(path, { factory, now, method })
      : undefined;
  if (image) return image;
  return { status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
}

function official(version: string): readonly object[] {
  return Object.entries(extensions).map(([name, description]) => ({
    name,
    ref: `ghcr.io/${name}:${version}`,
    digest: `sha256:${createHash('sha256').update(`${name}:${version}`).digest('hex')}`,
    author: 'Sidero Labs',
    description,
  }));
}

/** Go's names of the types, for what each may hold. */
const fields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Schematic: { customization: 'Customization' },
  Customization: { extraKernelArgs: 'list', systemExtensions: 'SystemExtensions' },
  SystemExtensions: { officialExtensions: 'list' },
};

/** The same content is always the same text, and its SHA-256 the id (pkg/schematic, `ID`). */
function create(text: string, factory: FactoryStore): Download {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) return invalid(`yaml: ${broken.message.split('\n')[0] ?? ''}`);
  const unknown = unknownFields(document.contents, 'Schematic', lines);
  if (unknown.length > 0) return invalid(`yaml: construct errors: ${unknown.join('; ')}`);
  const added = ['customization', 'systemExtensions', 'officialExtensions'];
  const official = listOf(document.getIn(added, true), 'officialExtensions');
  const customization = {
    ...listOf(document.getIn(['customization', 'extraKernelArgs'], true), 'extraKernelArgs'),
    ...(Object.keys(official).length > 0 ? { systemExtensions: official } : {}),
  };
  const schematic = stringify({ customization }, { indent: 4, lineWidth: 0 });
  const id = createHash('sha256').update(schematic).digest('hex');
  factory.learn(id, official['officialExtensions'] ?? []);
  return json(201, { id, schematic });
}

/** Empty lists are left out. */
function listOf(node: unknown, key: string): Readonly<Record<string, readonly string[]>> {
  const list = (node as { toJSON?: () => unknown } | undefined)?.toJSON?.();
  return Array.isArray(list) && list.length > 0 ? { [key]: list as readonly string[] } : {};
}

function unknownFields(node: unknown, type: string, lines: LineCounter): readonly string[] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const below = fields[type]?.[name];
    if (below !== undefined) return unknownFields(value, below, lines);
    const { line } = lines.linePos((isScalar(key) ? key.range?.[0] : undefined) ?? 0);
    return [`line ${line}: field ${name} not found in type schematic.${type}`];
  });
}

/** The real text (internal/integration/schematic_test.go, "invalid"). */
function invalid(reason: string): Download {
  return { status: 400, contentType: 'text/plain; charset=utf-8', body: `${reason}\n` };
}

function json(status: number, body: object): Download {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` };
}
