import { isIP } from 'node:net';
import type { Clock } from '../lib/wait.js';
import { Cloud } from './cloud/cloud.js';
import { KubeCluster, type HetznerCall } from './kubernetes/cluster.js';
import { createDownloads, type Downloads } from './downloads/downloads.js';
import { FactoryStore, type SavedFactory } from './downloads/factory-store.js';
import type { Machine } from './machines.js';
import { listenerAt } from './listening.js';
import type { ApiServer } from './node-proxy.js';
import { createRandom, settle, type Simulated } from './simulation.js';
import { RescueFaults } from './rescue/faults.js';
import type { LinuxMachines } from './rescue/rescue.js';
import type { StateFolder } from './state-folder.js';
import { TalosWorld } from './talos/world.js';

/** What identifies a sandbox; made once, kept for all invocations. */
export interface SandboxIdentity {
  readonly seed: number;
  /** The API token that the simulated project accepts. */
  readonly token: string;
  /** The operator's public address as the simulated internet sees it. */
  readonly callerAddress: string;
}

export interface WorldOptions {
  readonly identity: SandboxIdentity;
  readonly state: StateFolder;
  readonly clock: Clock;
  /** Whether it is saved whenever it changes. */
  readonly saved: boolean;
  /** Told when it cannot be saved: what is answered from then on would be lost. */
  readonly onFailure: (reason: unknown) => void;
}

/** What is kept of the cloud. */
export interface SavedWorld {
  readonly now: number;
  readonly random: number;
  readonly cloud: unknown;
  readonly factory?: SavedFactory;
}

/**
 * The simulated project: its cloud, the computers in it and the clusters they form. It is brought
 * forward whenever somebody looks, so nothing in it happens by chance of scheduling.
 */
export class World {
  readonly cloud: Cloud;
  readonly talos: TalosWorld;
  /** What goes wrong while images are made. */
  readonly rescueFaults = new RescueFaults();
  readonly factory: FactoryStore;
  readonly downloads: Downloads;
  #linux: LinuxMachines | undefined;
  readonly #options: WorldOptions;
  readonly #random: ReturnType<typeof createRandom>;
  readonly #parts: readonly Simulated[];
  #callerAddress: string;
  #isCloudChanged = false;

  constructor(options: WorldOptions) {
    const { identity, state, clock } = options;
    this.#options = options;
    this.#callerAddress = identity.callerAddress;
    const saved = state.read('cloud.json') as SavedWorld | undefined;
    this.#random = createRandom(saved?.random ?? identity.seed);
    this.cloud = new Cloud({
      random: this.#random,
      now: clock.now(),
      token: identity.token,
      listening: (machineId, port) => listenerAt(this.talos, { machineId, port, now: clock.now() }),
      saved: saved?.cloud,
    });
    this.talos = new TalosWorld({
      machines: this.cloud,
      random: this.#random,
      callerAddress: () => this.#callerAddress,
      saved: state.read('clusters.json'),
      createKubeCluster: (cluster) =>
        new KubeCluster({
          ...{ ...cluster, random: this.#random },
          hetzner: (call, at) => this.#askCloud(call, at),
        }),
    });
    this.factory = new FactoryStore(saved?.factory);
    const { factory, rescueFaults: faults } = this;
    this.downloads = createDownloads(this, { factory, faults, now: () => clock.now() });
    this.#parts = [this.cloud, this.talos];
  }

  /** The simulated time that a saved world had reached. */
  static savedTime(state: StateFolder): number | undefined {
    return (state.read('cloud.json') as SavedWorld | undefined)?.now;
  }

  /** The API token of the simulated project. */
  get token(): string {
    return this.#options.identity.token;
  }

  /** The operator's public address as the simulated internet sees it. */
  get callerAddress(): string {
    return this.#callerAddress;
  }

  /** The operator's provider hands out another address. */
  moveCaller(address: string): void {
    this.#callerAddress = address;
  }

  /** Brings everything forward to the present, which it returns. */
  settle(): number {
    const now = this.#options.clock.now();
    // Who asks the cloud meets it at its own time: both go forward together, event by event.
    while (this.#asksCloud()) {
      const due = this.nextDue();
      if (due >= now) break;
      settle(this.#parts, due);
    }
    settle(this.#parts, now);
    this.cloud.checkTargets();
    if (this.#isCloudChanged) {
      this.#isCloudChanged = false;
      this.saveCloud();
    }
    this.#linux?.endSessions();
    return now;
  }

  #asksCloud(): boolean {
    return this.talos.clusters().some((kube) => kube instanceof KubeCluster && kube.asksHetzner);
  }

  /** A program in a cluster asks the API, as any other client. */
  #askCloud(
    { method, path, body, token }: HetznerCall,
    at: number,
  ): { status: number; body: unknown } {
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    const request = {
      ...{ method, path: pathname, query: searchParams },
      headers: { authorization: `Bearer ${token}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    };
    const answer = this.cloud.request(request, at);
    if (method !== 'GET') this.#isCloudChanged = true;
    return {
      status: answer.status,
      body: answer.body === undefined ? {} : JSON.parse(answer.body),
    };
  }

  /** When something next happens by itself. */
  nextDue(): number {
    return Math.min(...this.#parts.map((part) => part.nextDue() ?? Infinity));
  }

  /** Saves the cloud: at once after each write, as the real one would have. */
  saveCloud(): void {
    this.#save('cloud.json', {
      now: this.#options.clock.now(),
      random: this.#random.state(),
      cloud: this.cloud.toJSON(),
      factory: this.factory.toJSON(),
    } satisfies SavedWorld);
  }

  /** Saves the nodes and what runs in their clusters. */
  saveClusters(): void {
    this.#save('clusters.json', this.talos.toJSON());
  }

  #save(name: string, content: unknown): void {
    const { saved, state, onFailure } = this.#options;
    if (!saved) return;
    try {
      state.write(name, content);
    } catch (error) {
      onFailure(error);
      throw error;
    }
  }

  /** What the name servers of this world say: the addresses of a name; none when it has no record. */
  resolve(name: string): readonly string[] {
    this.settle();
    const id = this.talos.namedBy(name);
    if (id === undefined) return [];
    const balanced = this.cloud.addressBefore(id);
    if (balanced !== undefined) return [balanced];
    const machine = this.cloud.machines().find((candidate) => candidate.id === id);
    return machine?.publicIpv4 === undefined ? [] : [machine.publicIpv4];
  }

  /** SSH is loaded by those who use it only. */
  async #sshAt(machine: Machine, now: number): Promise<ApiServer> {
    const { LinuxMachines } = await import('./rescue/rescue.js');
    this.#linux ??= new LinuxMachines({
      clock: this.#options.clock,
      cloud: this.cloud,
      downloads: this.downloads,
      faults: this.rescueFaults,
      settle: () => this.settle(),
      save: () => {
        this.saveCloud();
      },
    });
    return this.#linux.sshAt(machine, now);
  }

  /** Who answers on a public address, or a name, of this world, seen from the operator's machine. */
  async locate(host: string, port: number): Promise<ApiServer> {
    const now = this.settle();
    const addresses = isIP(host) === 0 ? this.resolve(host) : [host];
    const machine = this.cloud
      .machines()
      .find(({ publicIpv4 = '', publicIpv6 = '' }) =>
        [publicIpv4, publicIpv6].some((own) => addresses.includes(own)),
      );
    if (!machine) return this.#behindBalancer(addresses, port, now);
    if (!this.cloud.admits(machine.id, this.#callerAddress, port)) {
      return { refused: 'Connection timed out' };
    }
    if (port === 22) return this.#sshAt(machine, now);
    if (port !== 6443) return { refused: 'Connection refused' };
    return this.#apiServerOn(machine.id, now);
  }

  /** What a client finds that a load balancer leads on, over the private network: no firewall is in the way. */
  async #behindBalancer(
    addresses: readonly string[],
    port: number,
    now: number,
  ): Promise<ApiServer> {
    const [balancer] = addresses.flatMap((address) => this.cloud.balancerAt(address, port) ?? []);
    // Its private address is no address of the internet.
    if (balancer?.networkId !== undefined || !balancer) return { refused: 'No route to host' };
    if (!balancer.listens) return { refused: 'Connection refused' };
    const [target] = balancer.targets;
    const found =
      target?.port === 6443 ? await this.#apiServerOn(target.machineId, now) : undefined;
    // It takes the connection and has nobody to pass it on to.
    if (!found || 'refused' in found) return { accept: (socket) => socket.end() };
    return found;
  }

  async #apiServerOn(machineId: number, now: number): Promise<ApiServer> {
    const found = await this.talos.apiServerAt(machineId, now);
    if ('refused' in found) return found;
    if (!(found.kube instanceof KubeCluster)) throw new Error('a cluster of another world');
    return { ...found, kube: found.kube };
  }
}
