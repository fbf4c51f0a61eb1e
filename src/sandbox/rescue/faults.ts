import type { Caller } from '../downloads/answer.js';

/** Whose request it strikes, and for which path behind the factory's address; any unless given. */
interface Asked {
  readonly by?: Caller;
  readonly at?: RegExp;
}

/** Something that goes wrong while an image is made, for tests. Each happens once unless it says how often. */
export type RescueFault = (
  | { readonly kind: 'rescue-never-up' }
  /** Nothing listens on port 22 for so many simulated seconds more. */
  | { readonly kind: 'ssh-late'; readonly seconds: number }
  /** The rescue system has another key than the one it was enabled with. */
  | { readonly kind: 'other-ssh-key' }
  /** The machine shows another host key from its second connection on. */
  | { readonly kind: 'other-host-key' }
  /** The connection breaks when a command that has this text begins. */
  | { readonly kind: 'ssh-breaks'; readonly command: string }
  /** The connection of a download breaks at this share of it. */
  | ({ readonly kind: 'download-cut'; readonly share: number } & Asked)
  /** From this share of a download on nothing more comes. */
  | ({ readonly kind: 'download-stalls'; readonly share: number } & Asked)
  /** One byte of a download is another one; its length is right. */
  | ({ readonly kind: 'download-changed' } & Asked)
  /** The disk keeps another byte than was written. */
  | { readonly kind: 'disk-changed' }
  /** A tool that the rescue system does not have, for one boot. */
  | { readonly kind: 'tool-missing'; readonly tool: string }
  /** A tool that says this and fails; those of a pipe that stand behind it get nothing. */
  | { readonly kind: 'tool-fails'; readonly tool: string; readonly words: string }
  | { readonly kind: 'disk-full' }
  /** No name can be resolved on the machine. */
  | { readonly kind: 'no-internet' }
  /** What the machine sends out is dropped. */
  | { readonly kind: 'no-way-out' }
  /** The factory answers with this status, or with a page in place of what it was asked for. */
  | ({ readonly kind: 'factory-status'; readonly status: number } & Asked)
  | ({ readonly kind: 'factory-html' } & Asked)
  /** So many simulated seconds pass until the factory answers. */
  | ({ readonly kind: 'factory-slow'; readonly seconds: number } & Asked)
) & { readonly times?: number };

type Of<K extends RescueFault['kind']> = Extract<RescueFault, { kind: K }>;

/** The faults that are still to happen. */
export class RescueFaults {
  readonly #waiting: { readonly fault: RescueFault; left: number }[] = [];

  add(fault: RescueFault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** The next fault of the kind for which the test holds; it has happened then. */
  take<K extends RescueFault['kind']>(
    kind: K,
    strikes: (fault: Of<K>) => boolean = () => true,
  ): Of<K> | undefined {
    const found = this.#waiting.find(
      ({ fault, left }) => left > 0 && fault.kind === kind && strikes(fault as Of<K>),
    );
    if (found) found.left--;
    return found?.fault as Of<K> | undefined;
  }
}
