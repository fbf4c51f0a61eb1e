import type { Download } from './answer.js';
import { packedImage, type ImageIdentity } from './talos-image.js';

const architectures: Readonly<Record<string, ImageIdentity['architecture']>> = {
  amd64: 'x86',
  arm64: 'arm',
};

/**
 * The disk images that the factory makes (internal/frontend/http/image.go); undefined when the path is none of
 * them. Every id of the right form counts as registered.
 */
export function factoryImage(path: string): Download | undefined {
  const found = /^\/image\/([^/]+)\/v?([^/]+)\/([^/]+)$/.exec(path);
  if (!found) return undefined;
  const [, schematic = '', version = '', file = ''] = found;
  // internal/schematic/storage/registry/registry.go and internal/artifacts/manager.go have the words.
  if (!/^[0-9a-f]{64}$/.test(schematic)) return missing(`schematic ID "${schematic}" not found`);
  if (!/^1\.1[2-4]\.\d+(-[a-z]+\.\d+)?$/.test(version)) {
    return missing(`version v${version} is not available`);
  }
  const architecture = architectures[/^hcloud-(\w+)\.raw\.xz$/.exec(file)?.[1] ?? ''];
  if (!architecture) return missing('404 page not found');
  const body = packedImage({ schematic, talosVersion: `v${version}`, architecture });
  return { status: 200, contentType: 'application/x-xz', body };
}

function missing(reason: string): Download {
  return { status: 404, contentType: 'text/plain; charset=utf-8', body: `${reason}\n` };
}
