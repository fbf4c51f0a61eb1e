import type { Download, DownloadRequest } from './answer.js';
import { chartArchive, chartIndex } from './chart-repository.js';
import { FactoryStore } from './factory-store.js';
import { withFaults } from './faulty.js';
import { installBundle } from './gateway-api.js';
import { imageFactory } from './image-factory.js';
import type { RescueFaults } from '../rescue/faults.js';

export interface Downloads {
  /** What the path (a query is ignored) answers, to a GET unless given; undefined: not a path of this part. */
  handle(path: string, request?: DownloadRequest): Promise<Download | undefined>;
}

/** The caller's IPv6 address, of the range for documentation. */
const callerAddressV6 = '2001:db8:ca11::7';

/** What the Image Factory is made of; one that knows nothing but Talos as it is unless given. */
export interface FactoryParts {
  readonly factory?: FactoryStore;
  readonly faults?: RescueFaults;
  /** Simulated ms. */
  readonly now?: () => number;
}

const factoryPath = '/image-factory';

/** What the simulated internet serves: a chart repository, release assets, the caller's address. */
export function createDownloads(
  options: { readonly callerAddress: string },
  { factory = new FactoryStore(), faults, now = () => 0 }: FactoryParts = {},
): Downloads {
  return {
    handle: async (path, request = { method: 'GET', body: '' }) => {
      const { pathname } = new URL(path, 'http://localhost');
      if (pathname === '/ip') return text(`${options.callerAddress}\n`);
      if (pathname === '/ip6') return text(`${callerAddressV6}\n`);
      if (pathname === '/charts/index.yaml') return found('text/yaml', await chartIndex());
      if (pathname.startsWith('/charts/')) {
        const file = pathname.slice('/charts/'.length);
        return found('application/gzip', await chartArchive(file));
      }
      if (pathname.startsWith('/gateway-api/')) {
        const asked = /^\/gateway-api\/([^/]+)\/(standard|experimental)-install\.yaml$/;
        const [, version = '', channel = ''] = asked.exec(pathname) ?? [];
        return found('application/octet-stream', installBundle(version, channel));
      }
      if (pathname.startsWith(`${factoryPath}/`)) {
        const asked = pathname.slice(factoryPath.length);
        const usual = () => imageFactory(asked, request, { factory, now: now() });
        const by = request.by ?? 'operator';
        const answer = withFaults(faults, { path: asked, by, now: now() }, usual);
        const { location } = answer;
        return location === undefined
          ? answer
          : { ...answer, location: `${factoryPath}${location}` };
      }
      return undefined;
    },
  };
}

function text(body: string): Download {
  return { status: 200, contentType: 'text/plain', body };
}

function found(contentType: string, body: Buffer | string | undefined): Download {
  if (body === undefined) return { ...text('Not Found\n'), status: 404 };
  return { status: 200, contentType, body };
}
