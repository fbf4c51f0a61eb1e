import type { z } from 'zod';
import { checkBody } from './body.js';
import type { Labels } from './labels.js';
import { list, type ListOptions } from './listing.js';
import type { Project } from './project.js';
import { ok, type Route } from './route.js';
import type { Table } from './table.js';

interface Resource {
  readonly id: number;
  name: string;
  readonly created: number;
  labels: Labels;
}

interface Changes {
  readonly name?: string | undefined;
  readonly labels?: Labels | undefined;
}

/** What is special about a kind of resources; its list, its single view and its PUT are not. */
export interface ResourceKind<T extends Resource, C extends Changes> {
  readonly plural: string;
  readonly singular: string;
  readonly table: (project: Project) => Table<T>;
  readonly render: (project: Project, row: T) => object;
  /** Beside `name`. */
  readonly filters?: ListOptions<T>['filters'];
  readonly enums?: ListOptions<T>['enums'];
  /** By which fields a list can be sorted; by all three unless given. */
  readonly sorts?: readonly ('id' | 'name' | 'created')[];
  /** What PUT takes. */
  readonly changes: z.ZodType<C>;
  /** Takes over what a PUT names beside name and labels. */
  readonly change?: (row: T, changes: C) => void;
  /** The API's words for a name that another has. */
  readonly nameTaken?: string;
}

/** `GET /x`, `GET /x/{id}` and `PUT /x/{id}` of a kind. */
export function resourceRoutes<T extends Resource, C extends Changes>(
  kind: ResourceKind<T, C>,
): Route[] {
  const { plural, singular, table, render } = kind;
  return [
    ['GET', `/${plural}`, (project, call) => list(call, listOptions(kind, project))],
    [
      'GET',
      `/${plural}/{id}`,
      (project, { id }) => ok({ [singular]: render(project, table(project).get(id)) }),
    ],
    [
      'PUT',
      `/${plural}/{id}`,
      (project, { id, body }) =>
        ok({ [singular]: render(project, update(kind, project, { id, body })) }),
    ],
  ];
}

function listOptions<T extends Resource, C extends Changes>(
  kind: ResourceKind<T, C>,
  project: Project,
): ListOptions<T> {
  const { sorts = ['id', 'name', 'created'], enums = {} } = kind;
  return {
    key: kind.plural,
    rows: kind.table(project).all(),
    render: (row) => kind.render(project, row),
    filters: { name: (row) => row.name, ...kind.filters },
    enums,
    sorts: Object.fromEntries(sorts.map((field) => [field, (row: T) => row[field]])),
    labels: (row) => row.labels,
  };
}

function update<T extends Resource, C extends Changes>(
  kind: ResourceKind<T, C>,
  project: Project,
  { id, body }: { id: number; body: unknown },
): T {
  const table = kind.table(project);
  const row = table.get(id);
  const changes = checkBody(kind.changes, body);
  if (changes.name !== undefined) {
    const { nameTaken: message } = kind;
    project.assertNameFree(table, changes.name, { except: id, ...(message ? { message } : {}) });
    row.name = changes.name;
  }
  row.labels = changes.labels ?? row.labels;
  kind.change?.(row, changes);
  return row;
}
