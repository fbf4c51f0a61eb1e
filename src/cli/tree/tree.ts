import { addons } from './addons.js';
import { images } from './images.js';
import { keeping } from './secrets.js';
import { making } from './making.js';
import { more } from './more.js';
import { rehearsing } from './sandbox.js';
import { destroy, repair, replace, scale } from './resizing.js';
import type { CommandSpec } from './spec.js';
import { using } from './using.js';

/** All commands of oxide, in the order of use. */
export const commands: readonly CommandSpec[] = [
  ...making,
  ...using,
  scale,
  replace,
  repair,
  ...addons,
  ...keeping,
  ...images,
  destroy,
  ...rehearsing,
  ...more,
];

/** Words before commands that belong together, and what those are about. */
export const families: Readonly<Record<string, string>> = {
  addons: 'look after what is installed in Kubernetes',
  firewall: "change who may reach the cluster's APIs",
  image: 'look after the Talos snapshots of the project',
  secrets: 'keep an encrypted copy of what makes the cluster, and bring it back',
  sandbox: 'look into the simulated cloud',
};

/** The command of this name, if there is one. */
export function commandOf(name: string): CommandSpec | undefined {
  return commands.find((command) => command.name === name);
}
