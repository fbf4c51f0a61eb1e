import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Clock } from '../../lib/wait.js';
import type { Cloud } from '../cloud/cloud.js';
import type { Downloads } from '../downloads/downloads.js';
import type { Machine } from '../machines.js';
import { durationOf } from '../timings.js';
import { curlFor } from './curl.js';
import { ddOf } from './dd.js';
import type { RescueFaults } from './faults.js';
import { internetOf } from './internet.js';
import { blkdiscardOf, diskOf, lsblkOf } from './machine-disk.js';
import { fail, type Tool } from './process.js';
import { smallTools } from './small-tools.js';
import { serveSsh } from './ssh-server.js';

export interface RescueOptions {
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly downloads: Downloads;
  readonly faults: RescueFaults;
  /** Keeps what was written. */
  readonly save: () => void;
  /** Brings the world forward. */
  readonly settle: () => void;
}

interface Boot {
  readonly hostKey: string;
  /** Public keys that are let in. */
  readonly allowed: readonly string[];
  readonly missing: readonly string[];
  connections: number;
  /** When sshd listens, simulated ms. */
  readonly upAt: number;
}

interface Session {
  readonly signal: AbortSignal;
  readonly socket: Socket;
  readonly boot: Boot;
}

/** A connection, and the boot of the machine that it lives with. */
interface Connection {
  readonly machine: number;
  readonly poweredOnAt: number;
  readonly socket: Socket;
}

/** What answers on port 22 of machines that run Linux, and what can be done there. */
export class LinuxMachines {
  readonly faults: RescueFaults;
  readonly #options: RescueOptions;
  readonly #boots = new Map<string, Boot>();
  /** Of systems that are on a disk, which keep them. */
  readonly #hostKeys = new Map<string, string>();
  readonly #connections = new Set<Connection>();

  constructor(options: RescueOptions) {
    this.#options = options;
    this.faults = options.faults;
  }

  /** Takes a connection to the machine's port 22, or tells why there is none. */
  sshAt(machine: Machine, now: number): { accept(socket: Socket): void } | { refused: string } {
    const { linux, poweredOnAt } = machine;
    if (poweredOnAt === undefined) return { refused: 'Connection timed out' };
    if (!linux) return { refused: 'Connection refused' };
    const boot = this.#bootOf(machine, { linux, poweredOnAt });
    if (boot.upAt > now) return { refused: 'Connection refused' };
    return {
      accept: (socket) => {
        const connection = { machine: machine.id, poweredOnAt, socket };
        this.#connections.add(connection);
        socket.once('close', () => this.#connections.delete(connection));
        this.#serve(machine, boot, socket);
      },
    };
  }

  /** Ends the connections to machines that were switched off, began anew or are gone. */
  endSessions(): void {
    if (this.#connections.size === 0) return;
    const machines = new Map(this.#options.cloud.machines().map((one) => [one.id, one]));
    for (const { machine, poweredOnAt, socket } of this.#connections) {
      if (machines.get(machine)?.poweredOnAt !== poweredOnAt) socket.destroy();
    }
  }

  #serve(machine: Machine, boot: Boot, socket: Socket): void {
    boot.connections++;
    const other = boot.connections > 1 && this.faults.take('other-host-key');
    const hostKey = other ? newKey() : boot.hostKey;
    const { clock } = this.#options;
    const tools = (signal: AbortSignal) => this.#tools(machine, { signal, socket, boot });
    const breaks = (command: string): boolean =>
      this.faults.take('ssh-breaks', (fault) => command.includes(fault.command)) !== undefined;
    serveSsh({ hostKey, allowed: boot.allowed, clock, tools, breaks }, socket);
  }

  #bootOf(
    machine: Machine,
    { linux, poweredOnAt }: { readonly linux: NonNullable<Machine['linux']>; poweredOnAt: number },
  ): Boot {
    const name = `${machine.id} ${poweredOnAt}`;
    const known = this.#boots.get(name);
    if (known) return known;
    const isRescue = linux.system === 'rescue';
    const late = (this.faults.take('ssh-late')?.seconds ?? 0) * 1_000;
    const never = isRescue && this.faults.take('rescue-never-up');
    const usual = poweredOnAt + durationOf(isRescue ? 'rescueBoot' : 'linuxBoot');
    const missing = this.faults.take('tool-missing')?.tool;
    const boot = {
      hostKey: isRescue ? newKey() : this.#keptKey(machine),
      allowed: isRescue && this.faults.take('other-ssh-key') ? [] : linux.keys,
      missing: missing === undefined ? [] : [missing],
      connections: 0,
      upAt: never ? Infinity : usual + late,
    };
    this.#boots.set(name, boot);
    return boot;
  }

  /** A system makes its host key when it starts for the first time. */
  #keptKey({ id, rebuiltAt }: Machine): string {
    const name = `${id} ${rebuiltAt ?? 0}`;
    const key = this.#hostKeys.get(name) ?? newKey();
    this.#hostKeys.set(name, key);
    return key;
  }

  #tools(machine: Machine, { signal, socket, boot }: Session): Readonly<Record<string, Tool>> {
    const { clock, save, settle, downloads, cloud } = this.#options;
    const { faults } = this;
    const now = (): number => clock.now();
    const disk = diskOf(machine, { cloud, faults, now, save, signal });
    const port = socket.localPort ?? 0;
    const tools = {
      ...smallTools,
      curl: curlFor(internetOf({ clock, downloads, faults, settle, port, signal })),
      dd: ddOf(disk, () => now() / 1_000),
      lsblk: lsblkOf(machine, disk),
      blkdiscard: blkdiscardOf(disk),
    };
    const there = Object.entries<Tool>(tools).filter(([name]) => !boot.missing.includes(name));
    return Object.fromEntries(there.map(([name, tool]) => [name, this.#failing(name, tool)]));
  }

  #failing(name: string, usual: Tool): Tool {
    return (run) => {
      const fault = this.faults.take('tool-fails', ({ tool }) => tool === name);
      return fault ? fail(run, `${name}: ${fault.words}`) : usual(run);
    };
  }
}

/** One key in three hundred that the library makes (1.17.0) it cannot read itself. */
function newKey(): string {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private;
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}
