import { ApiError, invalidField } from './api-error.js';
import {
  locations,
  serverTypes,
  type Location,
  type Region,
  type ServerTypeFacts,
} from './catalogue.js';

/** Which types can be ordered where: the catalogue, and what is sold out at the moment. */
export class Market {
  readonly #soldOut: Set<string>;
  readonly #disabled: Set<string>;

  constructor(saved?: { soldOut: readonly string[]; disabled: readonly string[] }) {
    this.#soldOut = new Set(saved?.soldOut);
    this.#disabled = new Set(saved?.disabled);
  }

  setAvailability(type: string, location: string, available: boolean): void {
    if (available) this.#soldOut.delete(`${type}@${location}`);
    else this.#soldOut.add(`${type}@${location}`);
  }

  disableLocation(name: string): void {
    this.#disabled.add(name);
  }

  isAvailable(type: ServerTypeFacts, location: Location): boolean {
    const region = regionOf(location);
    return (
      type.offers[region] !== undefined &&
      !type.gone.includes(region) &&
      !this.#disabled.has(location.name) &&
      !this.#soldOut.has(`${type.name}@${location.name}`)
    );
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
    if (!this.isAvailable(type, location)) {
      throw new ApiError(412, 'resource_unavailable', 'error during placement');
    }
  }

  /** The first location that has the type, for orders that name none. */
  anyLocation(type: ServerTypeFacts): Location {
    const found = locations.find((location) => this.isAvailable(type, location));
    if (!found) throw new ApiError(412, 'resource_unavailable', 'error during placement');
    return found;
  }

  toJSON(): { soldOut: string[]; disabled: string[] } {
    return { soldOut: [...this.#soldOut], disabled: [...this.#disabled] };
  }
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
