/** What a booted computer knows of itself: its hardware and the cloud's metadata service. */
export interface Machine {
  readonly id: number;
  readonly name: string;
  /** Simulated ms since the epoch; undefined while it is off. */
  readonly poweredOnAt: number | undefined;
  /** What is on its disk; undefined when it is not Talos. */
  readonly image:
    { readonly talosVersion: string; readonly architecture: 'x86' | 'arm' } | undefined;
  /** The Linux that starts instead, and the public keys that may log in as root. */
  readonly linux?:
    { readonly system: 'rescue' | 'installed'; readonly keys: readonly string[] } | undefined;
  /** When its disk was last written anew; undefined when it is the first one. */
  readonly rebuiltAt?: number | undefined;
  /** Empty when none was given. */
  readonly userData: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly diskGb: number;
  readonly location: string;
  readonly publicIpv4: string | undefined;
  readonly publicIpv6: string | undefined;
  readonly privateIps: readonly { readonly networkId: number; readonly ip: string }[];
}

/** The cloud as its machines' operating systems meet it. */
export interface MachineRoom {
  /** Servers that exist and are not being deleted. */
  machines(): readonly Machine[];
  /** The operating system switched its machine off. */
  powerOff(machineId: number): void;
  /** Whether a packet from an outside address reaches this TCP port of the machine's public address. */
  admits(machineId: number, source: string, port: number): boolean;
  /** The load balancer at this address; undefined when none has it. */
  balancerAt(address: string, port: number): Balancer | undefined;
}

/** A load balancer, as a connection to one of its ports finds it. */
export interface Balancer {
  /** Only machines in this network reach it; undefined: the internet does. */
  readonly networkId: number | undefined;
  /** Whether it has a service at the port. */
  readonly listens: boolean;
  /** Where it leads: those that were found well, the one first whose turn it is. */
  readonly targets: readonly { readonly machineId: number; readonly port: number }[];
}

/** What answers on a TCP port of a machine. */
export interface Listener {
  readonly tls: boolean;
  /** The status that a stranger's GET request is answered with; undefined where that is no HTTP. */
  readonly status: number | undefined;
}

/** What listens on a port of a machine now; undefined when nothing does. */
export type Listening = (machineId: number, port: number) => Listener | undefined;
