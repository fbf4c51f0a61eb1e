import { createHash } from 'node:crypto';
import { isMap, isScalar, LineCounter, parseDocument, stringify } from 'yaml';
import { factoryImage } from './factory-images.js';
import type { Download, DownloadRequest } from './answer.js';

/** Some of the official system extensions (siderolabs/extensions, release for Talos 1.13). */
const extensions: Readonly<Record<string, string>> = {
  'siderolabs/amd-ucode': 'microcode of AMD processors',
  'siderolabs/binfmt-misc': 'programs of other architectures',
  'siderolabs/btrfs': 'the file system btrfs',
  'siderolabs/crun': 'the container runtime crun',
  'siderolabs/drbd': 'replicated block devices',
  'siderolabs/fuse3': 'file systems in user space',
  'siderolabs/gvisor': 'the container runtime gVisor',
  'siderolabs/hello-world-service': 'an example of a service',
  'siderolabs/intel-ucode': 'microcode of Intel processors',
  'siderolabs/iscsi-tools': 'the iSCSI initiator',
  'siderolabs/kata-containers': 'the container runtime Kata',
  'siderolabs/mdadm': 'software RAID',
  'siderolabs/nfsd': 'the NFS server',
  'siderolabs/qemu-guest-agent': 'the guest agent of QEMU',
  'siderolabs/spin': 'the container runtime Spin',
  'siderolabs/stargz-snapshotter': 'images that are pulled lazily',
  'siderolabs/tailscale': 'the mesh network Tailscale',
  'siderolabs/util-linux-tools': 'nsenter and fstrim',
  'siderolabs/wasmedge': 'the runtime WasmEdge',
  'siderolabs/youki': 'the container runtime Youki',
  'siderolabs/zfs': 'the file system ZFS',
};

/** Whether the factory has an extension of this name. */
export function isExtension(name: string): boolean {
  return name in extensions;
}

/**
 * The Image Factory (siderolabs/image-factory, internal/frontend/http): it registers what is to be
 * added to Talos, lists extensions and makes disk images.
 */
export function imageFactory(path: string, request: DownloadRequest): Download {
  if (path === '/schematics' && request.method === 'POST') return create(request.body);
  const version = /^\/version\/v?(\d+\.\d+\.\d+[^/]*)\/extensions\/official$/.exec(path)?.[1];
  if (version !== undefined && request.method === 'GET') return json(200, official(version));
  const image = request.method === 'GET' ? factoryImage(path) : undefined;
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
function create(text: string): Download {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) return invalid(`yaml: ${broken.message.split('\n')[0] ?? ''}`);
  const unknown = unknownFields(document.contents, 'Schematic', lines);
  if (unknown.length > 0) return invalid(`yaml: construct errors: ${unknown.join('; ')}`);
  const customization = {
    ...listOf(document.getIn(['customization', 'extraKernelArgs'], true), 'extraKernelArgs'),
    ...nested(document.getIn(['customization', 'systemExtensions', 'officialExtensions'], true)),
  };
  const schematic = stringify({ customization }, { indent: 4, lineWidth: 0 });
  const id = createHash('sha256').update(schematic).digest('hex');
  return json(201, { id, schematic });
}

function nested(list: unknown): object {
  const found = listOf(list, 'officialExtensions');
  return Object.keys(found).length > 0 ? { systemExtensions: found } : {};
}

/** Empty lists are left out. */
function listOf(node: unknown, key: string): object {
  const list = (node as { toJSON?: () => unknown } | undefined)?.toJSON?.();
  return Array.isArray(list) && list.length > 0 ? { [key]: list as readonly unknown[] } : {};
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
