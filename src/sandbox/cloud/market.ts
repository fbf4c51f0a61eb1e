import { ApiError, invalidField } from './api-error.js';
import { serverTypes, type Region, type ServerTypeFacts } from './catalogue.js';
import { locations, type Location } from './locations.js';

/** What the catalogue shows of a shortage: nothing while it lags behind. */
export interface Shortage {
  /** False: the catalogue still offers what an order is refused for. */
  readonly announced?: boolean;
}

interface SavedMarket {
  readonly soldOut: readonly string[];
  readonly disabled: readonly string[];
  readonly unannounced: readonly string[];
  readonly hosts?: readonly (readonly [location: string, most: number])[];
}

/** Which types can be ordered where: the catalogue, and what is sold out at the moment. */
export class Market {
  /** As `cx23@nbg1`. */
  readonly #soldOut: Set<string>;
  readonly #disabled: Set<string>;
  /** What of these two the catalogue does not show yet. */
  readonly #unannounced: Set<string>;
  /** How many hosts a location has, where they are few. */
  readonly #hosts: Map<string, number>;

  constructor(saved?: SavedMarket) {
    this.#soldOut = new Set(saved?.soldOut);
    this.#disabled = new Set(saved?.disabled);
    this.#unannounced = new Set(saved?.unannounced);
    this.#hosts = new Map(saved?.hosts);
  }

  /** Leaves a location so many hosts; undefined: as many as are needed. */
  setHosts(location: string, most: number | undefined): void {
    if (most === undefined) this.#hosts.delete(location);
    else this.#hosts.set(location, most);
  }

  hostsIn(location: string): number {
    return this.#hosts.get(location) ?? Infinity;
  }

  setAvailability(type: string, location: string, available: boolean, shortage?: Shortage): void {
    this.#set(this.#soldOut, `${type}@${location}`, { missing: !available, ...shortage });
  }

  setLocation(name: string, open: boolean, shortage?: Shortage): void {
    this.#set(this.#disabled, name, { missing: !open, ...shortage });
  }

  #set(list: Set<string>, key: string, wish: Shortage & { missing: boolean }): void {
    const { missing, announced = true } = wish;
    if (missing) list.add(key);
    else list.delete(key);
    if (missing && !announced) this.#unannounced.add(key);
    else this.#unannounced.delete(key);
  }

  /** What the catalogue says. */
  isAvailable(type: ServerTypeFacts, location: Location): boolean {
    const shortages = this.#shortages(type, location);
    return isSold(type, location) && shortages.every((key) => this.#unannounced.has(key));
  }

  #shortages(type: ServerTypeFacts, location: Location): readonly string[] {
    const key = `${type.name}@${location.name}`;
    return [
      ...(this.#disabled.has(location.name) ? [location.name] : []),
      ...(this.#soldOut.has(key) ? [key] : []),
    ];
  }

  /** Refuses an order that cannot be filled, in the API's own ways. */
  assertOrderable(type: ServerTypeFacts, location: Location): void {
    const region = regionOf(location);
    if (!type.offers[region]) {
      throw invalidField('server_type', 'unsupported', 'unsupported location for server type');
    }
    if (type.gone.includes(region)) {
      throw invalidField('server_type', 'deprecated', `server type ${type.id} is deprecated`);
    }
    if (this.#disabled.has(location.name)) {
      throw new ApiError(412, 'resource_unavailable', 'server location disabled');
    }
    if (this.#shortages(type, location).length > 0) {
      throw new ApiError(412, 'resource_unavailable', 'error during placement');
    }
  }

  /** The first location that has the type, for orders that name none. */
  anyLocation(type: ServerTypeFacts): Location {
    const found = locations.find(
      (location) => isSold(type, location) && this.#shortages(type, location).length === 0,
    );
    if (!found) throw new ApiError(412, 'resource_unavailable', 'error during placement');
    return found;
  }

  toJSON(): SavedMarket {
    return {
      soldOut: [...this.#soldOut],
      disabled: [...this.#disabled],
      unannounced: [...this.#unannounced],
      hosts: [...this.#hosts],
    };
  }
}

/** Offered in the location's region, and not retired there. */
function isSold(type: ServerTypeFacts, location: Location): boolean {
  const region = regionOf(location);
  return type.offers[region] !== undefined && !type.gone.includes(region);
}

export function regionOf(location: Location): Region {
  if (location.network_zone === 'eu-central') return 'eu';
  return location.name === 'sin' ? 'sin' : 'us';
}

/** The one that an id or a name stands for. */
export function byIdOrName<T extends { readonly id: number; readonly name: string }>(
  rows: readonly T[],
  wanted: string | number,
): T | undefined {
  return (
    rows.find((row) => row.name === wanted) ?? rows.find((row) => String(row.id) === String(wanted))
  );
}

export function locationNamed(wanted: string | number): Location {
  const found = byIdOrName(locations, wanted);
  if (!found) throw invalidField('location', `location '${wanted}' not found`);
  return found;
}

export function serverTypeNamed(wanted: string | number): ServerTypeFacts {
  const found = byIdOrName(serverTypes, wanted);
  if (!found) throw invalidField('server_type', `server type '${wanted}' not found`);
  return found;
}
