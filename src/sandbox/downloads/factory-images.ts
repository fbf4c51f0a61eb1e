import type { Download } from './answer.js';
import { isExtension } from './extensions.js';
import type { FactoryStore } from './factory-store.js';
import { packedImage, type ImageIdentity } from './talos-image.js';

const architectures: Readonly<Record<string, ImageIdentity['architecture']>> = {
  amd64: 'x86',
  arm64: 'arm',
};

/** Where images lie that were made. */
const store = '/made';

interface Asking {
  readonly factory: FactoryStore;
  readonly now: number;
  readonly method: 'GET' | 'HEAD';
}

/**
 * The disk images that the factory makes (internal/frontend/http/image.go); undefined when the path is none of
 * them. It leads to where the image lies, once it is made (`RedirectableAsset`).
 */
export function factoryImage(path: string, { factory, now, method }: Asking): Download | undefined {
  const found = /^\/(image|made)\/([^/]+)\/v?([^/]+)\/([^/]+)$/.exec(path);
  if (!found) return undefined;
  const [, place, schematic = '', version = '', file = ''] = found;
  const image = imageOf(factory, { schematic, version, file });
  if ('status' in image) return image;
  const whole = { status: 200, contentType: 'application/x-xz', body: packedImage(image) };
  if (place === 'made') return whole;
  const from = factory.madeAt({ schematic, path }, now);
  const location = `${store}/${schematic}/v${version}/${file}`;
  const answer = method === 'HEAD' ? whole : { ...text(302, ''), location };
  return { ...answer, ...(from > now && { from }) };
}

interface Asked {
  readonly schematic: string;
  /** Without the `v`. */
  readonly version: string;
  readonly file: string;
}

/** The image that is meant, or why there is none, in the order in which the factory looks. */
function imageOf(
  factory: FactoryStore,
  { schematic, version, file }: Asked,
): ImageIdentity | Download {
  // internal/schematic/storage/registry/registry.go, internal/profile/profile.go and
  // internal/artifacts/manager.go have the words.
  const extensions = factory.extensionsOf(schematic);
  if (!extensions) return text(404, `schematic ID "${schematic}" not found\n`);
  const name = /^hcloud-(\w+)\.raw\.xz$/.exec(file)?.[1];
  const architecture = architectures[name ?? ''];
  if (!architecture) {
    const wrong =
      name === undefined ? `invalid profile path: "${file}"` : `invalid architecture: "${name}"`;
    return text(400, `error parsing profile from path: ${wrong}\n`);
  }
  if (!/^1\.1[2-4]\.\d+(-[a-z]+\.\d+)?$/.test(version)) {
    return text(404, `version v${version} is not available\n`);
  }
  const unknown = extensions.find((name) => !isExtension(name));
  if (unknown !== undefined) {
    const wrong = `official extension "${unknown}" is not available for Talos version v${version}`;
    return text(400, `error enhancing profile from schematic: ${wrong}\n`);
  }
  return { schematic, talosVersion: `v${version}`, architecture };
}

function text(status: number, body: string): Download {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
