/** Something that goes wrong while an image is made, for tests. Each happens once unless it says how often. */
export type RescueFault = (
  | { readonly kind: 'rescue-never-up' }
  /** Nothing listens on port 22 for so many simulated seconds more. */
  | { readonly kind: 'ssh-late'; readonly seconds: number }
  /** The machine shows another host key from its second connection on. */
  | { readonly kind: 'other-host-key' }
  /** The connection of a download breaks at this share of it. */
  | { readonly kind: 'download-cut'; readonly share: number }
  /** One byte of a download is another one; its length is right. */
  | { readonly kind: 'download-changed' }
  /** The disk keeps another byte than was written. */
  | { readonly kind: 'disk-changed' }
  | { readonly kind: 'xz-missing' }
  | { readonly kind: 'xz-fails' }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'no-internet' }
  /** The factory answers downloads of images with this status, or with a page. */
  | { readonly kind: 'factory-status'; readonly status: number }
  | { readonly kind: 'factory-html' }
) & { readonly times?: number };

type Of<K extends RescueFault['kind']> = Extract<RescueFault, { kind: K }>;

/** The faults that are still to happen. */
export class RescueFaults {
  readonly #waiting: { readonly fault: RescueFault; left: number }[] = [];

  add(fault: RescueFault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  take<K extends RescueFault['kind']>(kind: K): Of<K> | undefined {
    const found = this.#waiting.find(({ fault, left }) => left > 0 && fault.kind === kind);
    if (found) found.left--;
    return found?.fault as Of<K> | undefined;
  }
}
