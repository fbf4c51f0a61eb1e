import type { Snapshot, SnapshotUse } from '../cluster/catalogue/snapshots.js';
import { formatMoney } from '../cluster/state/cost.js';
import { formatDistance } from '../lib/format.js';
import type { Looks } from './style.js';
import { renderTable } from './table.js';
import { asText } from './wrap.js';

const unknown = '-';

/** Snapshots that can be used now. */
export interface BuiltImagesView {
  readonly images: readonly {
    readonly id: number;
    readonly architecture: string;
    readonly talosVersion: string;
    readonly made: boolean;
  }[];
}

/** One line for each. */
export function renderBuiltImages({ images }: BuiltImagesView, looks: Looks): string {
  const lines = images.map(
    ({ id, architecture, talosVersion, made }) =>
      `Talos ${talosVersion} (${architecture}): snapshot ${id}${made ? '' : ', which was there before'}`,
  );
  return asText(lines, looks.columns);
}

/** What of the snapshots is shown. */
export interface ImagesView {
  readonly images: readonly Snapshot[];
  /** Milliseconds since the epoch, by which ages are told. */
  readonly now: number;
}

const columns = [
  { title: 'ID' },
  { title: 'TALOS' },
  { title: 'ARCH' },
  { title: 'SCHEMATIC' },
  { title: 'SIZE', align: 'right' },
  { title: 'DISK', align: 'right' },
  { title: 'AGE', align: 'right' },
  { title: 'A MONTH', align: 'right' },
  { title: 'USED BY' },
] as const;

/** One row for each snapshot. */
export function renderImages({ images, now }: ImagesView, looks: Looks): string {
  if (images.length === 0) {
    return asText(['There is no snapshot with the label os=talos in this project.'], looks.columns);
  }
  return renderTable(
    columns,
    images.map((image) => rowOf(image, now)),
    looks,
  );
}

function rowOf(image: Snapshot, now: number): readonly string[] {
  const { monthly, size, created } = image;
  const age = now - Date.parse(created);
  return [
    String(image.id),
    image.talosVersion ?? unknown,
    image.architecture,
    image.schematic?.slice(0, 12) ?? unknown,
    size === null ? image.status : `${size} GB`,
    `${image.disk} GB`,
    Number.isNaN(age) ? unknown : formatDistance(Math.max(0, age)),
    monthly === null ? unknown : priceText(monthly.net, monthly.currency),
    needText(image),
  ];
}

/** A snapshot costs less than a cent at times: it costs all the same. */
function priceText(net: number, currency: string): string {
  return net > 0 && net < 0.01 ? `< ${formatMoney(0.01, currency)}` : formatMoney(net, currency);
}

function needText({ usedBy, wantedBy, protected: isProtected }: Snapshot): string {
  const used = usedBy.map(useText);
  const wanted = wantedBy
    .filter((cluster) => !usedBy.some((use) => use.cluster === cluster))
    .map((cluster) => `${cluster} (cluster.yaml)`);
  const parts = [...used, ...wanted, ...(isProtected ? ['protected'] : [])];
  return parts.join(', ') || 'nobody';
}

function useText({ cluster, pool, servers }: SnapshotUse): string {
  if (cluster === null) return servers.join(', ');
  return `${cluster}${pool === null ? '' : `/${pool}`} (${servers.length})`;
}

/** What is about to be deleted, and what stays. */
export interface GoingImagesView extends ImagesView {
  readonly staying: readonly { readonly id: number; readonly why: string }[];
  /** What stopped builds left, which goes as well. */
  readonly left: readonly string[];
  readonly notes: readonly string[];
}

/** The snapshots that go, as a table, and why others stay. */
export function renderGoingImages(view: GoingImagesView, looks: Looks): string {
  const { images, staying, left, notes } = view;
  const rest = [...staying.map(({ id, why }) => `Snapshot ${id} stays: ${why}.`), ...notes];
  if (images.length === 0 && left.length === 0) {
    return asText(['There is no snapshot that nobody needs.', ...notes], looks.columns);
  }
  const table = `\nThese snapshots will be deleted:\n${renderImages(view, looks)}`;
  const leftovers = [
    '',
    ...left.map((text) => `What will be deleted${images.length > 0 ? ', too' : ''}: ${text}.`),
  ];
  return [
    images.length > 0 ? table : '',
    left.length > 0 ? asText(leftovers, looks.columns) : '',
    asText(['', ...rest], looks.columns),
  ].join('');
}

/** What came of a deletion. */
export interface DeletedImagesView {
  readonly deleted: readonly number[];
  readonly failed: readonly { readonly id: number; readonly why: string }[];
  /** What is gone of stopped builds. */
  readonly leftovers: readonly unknown[];
}

/** What is gone, and what is still there that should not be. */
export function renderDeletedImages(view: DeletedImagesView, looks: Looks): string {
  const { deleted, failed, leftovers } = view;
  const gone = [
    ...deleted.map(String),
    ...(leftovers.length > 0 ? ['what stopped builds of images had left'] : []),
  ];
  const lines = [
    gone.length === 0 ? 'Nothing was deleted.' : `Deleted: ${gone.join(', ')}`,
    ...failed.map(({ id, why }) => `Snapshot ${id} is still there: ${why}`),
  ];
  return asText(lines, looks.columns);
}
