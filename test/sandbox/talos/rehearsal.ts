import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Balancer, Machine, MachineRoom } from '../../../src/sandbox/machines.js';
import { createRandom } from '../../../src/sandbox/simulation.js';
import type {
  KubeClusterPort,
  NodeRegistration,
} from '../../../src/sandbox/talos/kube-cluster-port.js';
import { TalosWorld } from '../../../src/sandbox/talos/world.js';
import { runTalosctl, type TalosctlResult } from '../../../src/sandbox/talosctl/run.js';
import { answerCall } from '../../../src/sandbox/talos/rpc/answer.js';
import { runFolder } from '../../helpers/run-folder.js';

const operator = '198.51.100.7';

/** A quick stand-in for the RSA key that real secrets have. */
function quickKey(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return Promise.resolve(privateKey.export({ type: 'sec1', format: 'pem' }).toString());
}

/** Machines without a cloud: they are put there, switched and taken away by the test. */
class Room implements MachineRoom {
  readonly list: Machine[] = [];
  now = Date.UTC(2026, 0, 1);
  allowed = new Set([operator]);

  machines(): readonly Machine[] {
    return this.list;
  }

  powerOff(machineId: number): void {
    this.change(machineId, { poweredOnAt: undefined });
  }

  /** By address and port. */
  readonly balancers = new Map<string, Balancer>();

  balancerAt(address: string, port: number): Balancer | undefined {
    return this.balancers.get(`${address}:${port}`);
  }

  admits(machineId: number, source: string): boolean {
    return this.list.some(({ id }) => id === machineId) && this.allowed.has(source);
  }

  put(name: string, userData: string, more: Partial<Machine> = {}): Machine {
    const id = this.list.length + 1;
    const machine: Machine = {
      id,
      name,
      poweredOnAt: this.now,
      image: { talosVersion: 'v1.13.9', architecture: 'x86' },
      userData,
      cores: 2,
      memoryGb: 4,
      diskGb: 40,
      location: 'nbg1',
      publicIpv4: `203.0.113.${id}`,
      publicIpv6: undefined,
      privateIps: [{ networkId: 1, ip: `10.0.1.${id}` }],
      ...more,
    };
    this.list.push(machine);
    return machine;
  }

  change(id: number, changes: Partial<Machine>): void {
    const index = this.list.findIndex((machine) => machine.id === id);
    const machine = this.list[index];
    if (machine) this.list[index] = { ...machine, ...changes };
  }

  remove(id: number): void {
    this.list.splice(
      this.list.findIndex((machine) => machine.id === id),
      1,
    );
  }
}

/** A Kubernetes that only remembers what its nodes told it. */
export class NotedCluster implements KubeClusterPort {
  readonly nodes = new Map<string, NodeRegistration>();
  readonly alive = new Map<string, boolean>();

  registerNode(node: NodeRegistration): void {
    this.nodes.set(node.name, node);
  }

  setNodeAlive(name: string, alive: boolean): void {
    this.alive.set(name, alive);
  }

  nextDue(): undefined {
    return undefined;
  }

  advance(): void {
    // Nothing happens by itself in it.
  }

  toJSON(): unknown {
    return {};
  }
}

/** A room of machines, the Talos on them, and an operator with a talosctl. */
export class Rehearsal {
  readonly room = new Room();
  readonly folder = runFolder();
  world = this.#newWorld(undefined);
  version = 'v1.13.9';

  #newWorld(saved: unknown): TalosWorld {
    return new TalosWorld({
      machines: this.room,
      createKubeCluster: () => new NotedCluster(),
      random: createRandom(1),
      callerAddress: () => operator,
      saved,
    });
  }

  /** Saves the world and goes on with what was saved. */
  reload(): void {
    this.world = this.#newWorld(JSON.parse(JSON.stringify(this.world)));
  }

  pass(seconds: number): void {
    this.room.now += seconds * 1_000;
    this.world.advance(this.room.now);
  }

  talosctl(...argv: string[]): Promise<TalosctlResult> {
    return runTalosctl(argv, {
      env: { HOME: this.folder },
      cwd: this.folder,
      version: this.version,
      now: () => this.room.now,
      generateServiceAccountKey: quickKey,
      call: (request) => {
        this.world.advance(this.room.now);
        return answerCall(this.world, request, this.room.now);
      },
    });
  }

  /** talosctl with the cluster's talosconfig, through one machine to itself. */
  at(machine: Machine, ...argv: string[]): Promise<TalosctlResult> {
    return this.via(machine, machine.publicIpv4 ?? '', ...argv);
  }

  /** talosctl through one machine to another address. */
  via(endpoint: Machine, node: string, ...argv: string[]): Promise<TalosctlResult> {
    const flags = [
      '--talosconfig',
      'main/talosconfig',
      '-e',
      endpoint.publicIpv4 ?? '',
      '-n',
      node,
    ];
    return this.talosctl(...argv, ...flags);
  }

  /** Makes secrets and configurations in a folder of their own. */
  async generate(
    folder: string,
    ...flags: string[]
  ): Promise<{ controlPlane: string; worker: string }> {
    mkdirSync(join(this.folder, folder), { recursive: true });
    const secrets = `${folder}/secrets.yaml`;
    await this.talosctl('gen', 'secrets', '-o', secrets, '--talos-version', 'v1.13', '--force');
    const result = await this.talosctl(
      'gen',
      'config',
      'demo',
      'https://10.0.1.1:6443',
      '--with-secrets',
      secrets,
      '--talos-version=v1.13',
      '--kubernetes-version=1.34.1',
      '--force',
      '-o',
      folder,
      ...flags,
    );
    if (result.exitCode !== 0) throw new Error(result.stderr);
    return {
      controlPlane: this.read(`${folder}/controlplane.yaml`),
      worker: this.read(`${folder}/worker.yaml`),
    };
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** The Kubernetes of the first cluster. */
  get kubernetes(): NotedCluster {
    const [cluster] = this.world.clusters();
    if (!(cluster instanceof NotedCluster)) throw new Error('no cluster was bootstrapped');
    return cluster;
  }
}

/** The settings that oxide gives to its nodes, as a patch. */
export const privateSubnets = `
machine:
  kubelet: { nodeIP: { validSubnets: [10.0.1.0/24] } }
cluster:
  network: { cni: { name: none } }
`;

export const etcdSubnets = 'cluster: { etcd: { advertisedSubnets: [10.0.1.0/24] } }';

/** A rehearsal with `count` control planes, the first of them bootstrapped and ready. */
export async function bootstrapped(count: number): Promise<{
  rehearsal: Rehearsal;
  /** The n-th control plane, from 1. */
  cp: (n: number) => Machine;
  worker: string;
  controlPlane: string;
}> {
  const rehearsal = new Rehearsal();
  const configs = await rehearsal.generate(
    'main',
    '--config-patch',
    privateSubnets,
    '--config-patch-control-plane',
    etcdSubnets,
  );
  const controlPlanes = Array.from({ length: count }, (_, index) =>
    rehearsal.room.put(`demo-cp-${index + 1}`, configs.controlPlane),
  );
  rehearsal.pass(50);
  const { stderr, exitCode } = await rehearsal.at(nth(controlPlanes, 1), 'bootstrap');
  if (exitCode !== 0) throw new Error(stderr);
  rehearsal.pass(120);
  return { rehearsal, cp: (n) => nth(controlPlanes, n), ...configs };
}

/** The n-th of a list, from 1. */
export function nth<T>(list: readonly T[], n: number): T {
  const item = list[n - 1];
  if (item === undefined) throw new Error(`there is no ${n}. one`);
  return item;
}
