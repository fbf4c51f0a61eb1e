import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Clock } from '../../lib/wait.js';
import type { Cloud } from '../cloud/cloud.js';
import type { DiskContent } from '../cloud/records.js';
import type { Downloads } from '../downloads/downloads.js';
import { diskImage, imageBytes, imageOn } from '../downloads/talos-image.js';
import type { Machine } from '../machines.js';
import { durationOf } from '../timings.js';
import { curlFor, type Net, type Reply } from './curl.js';
import { ddOf, diskPath, type Disk } from './dd.js';
import type { RescueFaults } from './faults.js';
import { fail, put, type Tool } from './process.js';
import { smallTools } from './small-tools.js';
import { serveSsh } from './ssh-server.js';

export interface RescueOptions {
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly downloads: Downloads;
  readonly faults: RescueFaults;
  /** Keeps what was written. */
  readonly save: () => void;
}

interface Boot {
  readonly hostKey: string;
  readonly hasXz: boolean;
  connections: number;
  /** When sshd listens, simulated ms. */
  readonly upAt: number;
}

interface Session {
  readonly signal: AbortSignal;
  readonly socket: Socket;
  readonly hasXz: boolean;
}

/** What answers on port 22 of machines that run Linux, and what can be done there. */
export class LinuxMachines {
  readonly faults: RescueFaults;
  readonly #options: RescueOptions;
  readonly #boots = new Map<string, Boot>();

  constructor(options: RescueOptions) {
    this.#options = options;
    this.faults = options.faults;
  }

  /** Takes a connection to the machine's port 22, or tells why there is none. */
  sshAt(machine: Machine, now: number): { accept(socket: Socket): void } | { refused: string } {
    const { linux, poweredOnAt } = machine;
    if (poweredOnAt === undefined) return { refused: 'Connection timed out' };
    if (!linux) return { refused: 'Connection refused' };
    const boot = this.#bootOf(machine, poweredOnAt);
    if (boot.upAt > now) return { refused: 'Connection refused' };
    return {
      accept: (socket) => {
        boot.connections++;
        const other = boot.connections > 1 && this.faults.take('other-host-key');
        const hostKey = other ? newKey() : boot.hostKey;
        const { clock } = this.#options;
        const tools = (signal: AbortSignal) =>
          this.#tools(machine, { signal, socket, hasXz: boot.hasXz });
        serveSsh({ hostKey, allowed: linux.keys, clock, tools }, socket);
      },
    };
  }

  #bootOf(machine: Machine, poweredOnAt: number): Boot {
    const name = `${machine.id} ${poweredOnAt}`;
    const known = this.#boots.get(name);
    if (known) return known;
    const isRescue = machine.linux?.system === 'rescue';
    const late = (this.faults.take('ssh-late')?.seconds ?? 0) * 1_000;
    const never = isRescue && this.faults.take('rescue-never-up');
    const usual = poweredOnAt + durationOf(isRescue ? 'rescueBoot' : 'linuxBoot');
    const hasXz = !this.faults.take('xz-missing');
    const boot = {
      hostKey: newKey(),
      hasXz,
      connections: 0,
      upAt: never ? Infinity : usual + late,
    };
    this.#boots.set(name, boot);
    return boot;
  }

  #tools(machine: Machine, { signal, socket, hasXz }: Session): Readonly<Record<string, Tool>> {
    const { clock } = this.#options;
    const disk = this.#diskOf(machine);
    const { xz, ...others } = smallTools;
    return {
      ...others,
      ...(hasXz ? { xz: this.#xz(xz) } : {}),
      curl: curlFor(this.#netOf(signal, socket.localPort ?? 0)),
      dd: ddOf(disk, () => clock.now() / 1_000),
      lsblk: lsblkOf(machine, disk),
      blkdiscard: blkdiscardOf(disk),
    };
  }

  #xz(real: Tool): Tool {
    return (run) =>
      this.faults.take('xz-fails') ? fail(run, 'xz: (stdin): Cannot allocate memory') : real(run);
  }

  #netOf(signal: AbortSignal, port: number): Net {
    const { clock } = this.#options;
    return {
      get: (url) => this.#get(url, port),
      transfer: async (bytes) => {
        await clock.sleep((bytes / imageBytes) * durationOf('imageTransfer'), signal);
      },
    };
  }

  /** The simulated internet: whatever this sandbox serves, and nothing else. */
  async #get(url: string, port: number): Promise<Reply> {
    const { hostname, host, pathname } = new URL(url);
    if (this.faults.take('no-internet')) {
      return { exit: 6, words: `Could not resolve host: ${hostname}` };
    }
    if (host !== `127.0.0.1:${port}`) {
      return { exit: 6, words: `Could not resolve host: ${hostname}` };
    }
    const status = this.faults.take('factory-status')?.status;
    if (status !== undefined) return { status, type: 'text/plain', body: Buffer.from('error\n') };
    if (this.faults.take('factory-html')) {
      return { status: 200, type: 'text/html', body: Buffer.from('<html>sign in</html>\n') };
    }
    const found = await this.#options.downloads.handle(pathname);
    const body = Buffer.from(found?.body ?? 'not found\n');
    if (this.faults.take('download-changed'))
      body.writeUInt8(body.readUInt8(body.length >> 1) ^ 1, body.length >> 1);
    const cut = this.faults.take('download-cut');
    const breaksAt = cut ? { breaksAt: Math.floor(body.length * cut.share) } : {};
    return {
      status: found?.status ?? 404,
      type: found?.contentType ?? 'text/plain',
      body,
      ...breaksAt,
    };
  }

  #diskOf(machine: Machine): Disk {
    const { cloud, clock, save } = this.#options;
    const size = machine.diskGb * 1024 ** 3;
    let content = contentOf(cloud.diskContent(machine.id) ?? null);
    const keep = (next: Buffer): void => {
      content = next;
      cloud.writeDisk(machine.id, recordOf(next), clock.now());
      save();
    };
    return {
      size,
      read: (length) =>
        Buffer.concat([content, Buffer.alloc(Math.max(0, length - content.length))], length),
      discard: () => {
        keep(Buffer.alloc(0));
      },
      write: (at, part) => {
        if (this.faults.take('disk-full') || at + part.length > size) return false;
        const next = Buffer.alloc(Math.max(content.length, at + part.length));
        content.copy(next);
        part.copy(next, at);
        if (this.faults.take('disk-changed')) next.writeUInt8(next.readUInt8(at) ^ 1, at);
        keep(next);
        return true;
      },
    };
  }
}

function newKey(): string {
  return ssh2.utils.generateKeyPairSync('ed25519').private;
}

function contentOf(disk: DiskContent): Buffer {
  if (disk === null) return Buffer.alloc(0);
  if ('bytes' in disk) return Buffer.from(disk.bytes, 'base64');
  return diskImage({ schematic: plainSchematic, ...disk });
}

/** What is known of a disk that nothing was added to. */
const plainSchematic = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba';

function recordOf(content: Buffer): DiskContent {
  const image = content.length < imageBytes ? undefined : imageOn(content);
  return image ?? { bytes: content.toString('base64') };
}

/** An ordinary system has one partition, and runs from it unless the rescue system does. */
function lsblkOf(machine: Machine, disk: Disk): Tool {
  return (run) => {
    const path = run.args.at(-1) ?? '';
    if (run.args.slice(0, -1).join(' ') !== '-bnro NAME,TYPE,SIZE,MOUNTPOINT') {
      return fail(run, "Try 'lsblk --help' for more information.");
    }
    if (path !== diskPath) return fail(run, `lsblk: ${path}: not a block device`, 32);
    const mounted = machine.linux?.system === 'installed' ? '/' : '';
    const partition = disk.size - 1024 ** 2;
    const rows = `sda disk ${disk.size} \nsda1 part ${partition} ${mounted}\n`;
    return put(run.out, rows).then(() => 0);
  };
}

function blkdiscardOf(disk: Disk): Tool {
  return (run) => {
    const [path = ''] = run.args;
    if (path !== diskPath) {
      return fail(run, `blkdiscard: cannot open ${path}: No such file or directory`);
    }
    disk.discard();
    return Promise.resolve(0);
  };
}
