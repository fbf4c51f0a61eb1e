/** A program that is known by its image, and does something in this world. */
export type Program =
  | 'hcloud-ccm'
  | 'hcloud-csi-controller'
  | 'hcloud-csi-node'
  | 'talos-ccm'
  | 'metrics-server'
  | 'cert-manager-webhook'
  | 'cert-manager-cainjector'
  | 'cert-manager-controller';

/** Those that talk to the cloud. */
export const cloudPrograms: readonly Program[] = ['hcloud-ccm', 'hcloud-csi-controller'];

/** A container of such a program, as its kubelet knows it. */
export interface ContainerRecord {
  readonly program: Program;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Its environment as it was when it last started: Secrets that change later do not reach it. */
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly log: readonly string[];
  readonly previousLog?: readonly string[];
  /** It has ended with an error and waits for its next start. */
  readonly crashed: boolean;
  readonly restarts: number;
}

const images: readonly (readonly [suffix: string, program: Program])[] = [
  ['hetznercloud/hcloud-cloud-controller-manager', 'hcloud-ccm'],
  ['siderolabs/talos-cloud-controller-manager', 'talos-ccm'],
  ['metrics-server/metrics-server', 'metrics-server'],
  ['jetstack/cert-manager-webhook', 'cert-manager-webhook'],
  ['jetstack/cert-manager-cainjector', 'cert-manager-cainjector'],
  ['jetstack/cert-manager-controller', 'cert-manager-controller'],
];

/** The program that runs in a container; undefined for all that only pretend to work. */
export function programOf({ image = '', args = [] }: NamedContainer): Program | undefined {
  const repository = image.replace(/(@.*)?$/, '').replace(/:[^/]*$/, '');
  if (repository.endsWith('hetznercloud/hcloud-csi-driver')) {
    return args.includes('-node') ? 'hcloud-csi-node' : 'hcloud-csi-controller';
  }
  return images.find(([suffix]) => repository.endsWith(suffix))?.[1];
}

interface NamedContainer {
  readonly image?: string;
  readonly args?: readonly string[];
}
