import { notFound } from './api-error.js';

/** All resources of one kind, by id, in the order of their creation. */
export class Table<T extends { readonly id: number }> {
  readonly #rows: Map<number, T>;

  /** @param noun what error messages call one of them */
  constructor(
    readonly noun: string,
    rows: readonly T[] = [],
  ) {
    this.#rows = new Map(rows.map((row) => [row.id, row]));
  }

  add(row: T): T {
    this.#rows.set(row.id, row);
    return row;
  }

  remove(id: number): void {
    this.#rows.delete(id);
  }

  find(id: number | null): T | undefined {
    return id === null ? undefined : this.#rows.get(id);
  }

  /** The one with this id; 404 `not_found` when there is none. */
  get(id: number): T {
    const row = this.#rows.get(id);
    if (!row) throw notFound(this.noun, id);
    return row;
  }

  all(): T[] {
    return [...this.#rows.values()];
  }

  toJSON(): T[] {
    return this.all();
  }
}
