import { notFound } from './api-error.js';
import { list } from './listing.js';
import type { Architecture } from './records.js';
import { ok, type Answer, type Call, type Route } from './route.js';

interface Iso {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** Null: it does not matter. */
  readonly architecture: Architecture | null;
}

/**
 * Some of what Hetzner offers; the ids of the Talos images are the published ones (docs of ksail,
 * Hetzner provider), their file names are assumed. Nothing boots from them here.
 */
const isos: readonly Iso[] = [
  { id: 122629, name: 'talos-arm64.iso', description: 'Talos Linux ISO', architecture: 'arm' },
  { id: 122630, name: 'talos-amd64.iso', description: 'Talos Linux ISO', architecture: 'x86' },
  {
    id: 125127,
    name: 'talos-amd64-v1.12.4.iso',
    description: 'Talos Linux v1.12.4 ISO',
    architecture: 'x86',
  },
];

export const isoRoutes: readonly Route[] = [
  ['GET', '/isos', (_project, call) => listIsos(call)],
  [
    'GET',
    '/isos/{id}',
    (_project, { id }) => {
      const iso = isos.find((one) => one.id === id);
      if (!iso) throw notFound('ISO', id);
      return ok({ iso: renderIso(iso) });
    },
  ],
];

function renderIso(iso: Iso): object {
  return { ...iso, type: 'public', deprecation: null };
}

function listIsos(call: Call): Answer {
  return list(call, {
    key: 'isos',
    rows: isos,
    render: renderIso,
    filters: { name: (iso) => iso.name, architecture: (iso) => iso.architecture },
    enums: { architecture: ['x86', 'arm'] },
  });
}
