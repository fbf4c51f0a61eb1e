import { durationOf } from '../timings.js';

/** The schematic of Talos as it is. The factory has known it for ever. */
export const plainSchematic = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba';

export interface SavedFactory {
  readonly schematics: readonly (readonly [string, readonly string[]])[];
  readonly made: readonly (readonly [string, number])[];
}

/** What the factory keeps: what was registered, and the images that it has made. */
export class FactoryStore {
  readonly #schematics: Map<string, readonly string[]>;
  /** When each is there, simulated ms. */
  readonly #made: Map<string, number>;

  constructor(saved?: SavedFactory) {
    this.#schematics = new Map(saved?.schematics ?? [[plainSchematic, []]]);
    this.#made = new Map(saved?.made);
  }

  /** Registers a schematic with these extensions. */
  learn(id: string, extensions: readonly string[]): void {
    if (!this.#schematics.has(id)) this.#schematics.set(id, extensions);
  }

  /** Undefined: nobody registered it. */
  extensionsOf(id: string): readonly string[] | undefined {
    return this.#schematics.get(id);
  }

  /**
   * When an image is there, simulated ms. It is made when somebody asks for it first, also when nobody
   * waits for it any more (internal/asset/asset.go, `buildAndCache`). Of Talos as it is somebody else
   * has asked before.
   */
  madeAt(image: { readonly schematic: string; readonly path: string }, now: number): number {
    if (image.schematic === plainSchematic) return now;
    const at = this.#made.get(image.path) ?? now + durationOf('factoryBuild');
    this.#made.set(image.path, at);
    return at;
  }

  toJSON(): SavedFactory {
    return { schematics: [...this.#schematics], made: [...this.#made] };
  }
}
