import type { Cloud } from '../cloud/cloud.js';
import type { DiskContent } from '../cloud/records.js';
import { plainSchematic } from '../downloads/factory-store.js';
import { diskImage, imageBytes, imageOn } from '../downloads/talos-image.js';
import type { Machine } from '../machines.js';
import { diskPath, type Disk } from './dd.js';
import type { RescueFaults } from './faults.js';
import { fail, put, type Tool } from './process.js';

export interface DiskOptions {
  readonly cloud: Cloud;
  readonly faults: RescueFaults;
  /** Simulated ms. */
  readonly now: () => number;
  /** Keeps what was written. */
  readonly save: () => void;
  /** Aborted when the machine has no power any more: nothing is written from then on. */
  readonly signal: AbortSignal;
}

/** The disk of the simulated server; what was written is on it for sure once it was told to sync. */
export function diskOf(machine: Machine, options: DiskOptions): Disk {
  const { cloud, faults, now, save, signal } = options;
  const size = machine.diskGb * 1024 ** 3;
  let content = contentOf(cloud.diskContent(machine.id) ?? null);
  const sync = (): void => {
    signal.throwIfAborted();
    cloud.writeDisk(machine.id, recordOf(content), now());
    save();
  };
  return {
    size,
    sync,
    read: (length) =>
      Buffer.concat([content, Buffer.alloc(Math.max(0, length - content.length))], length),
    discard: () => {
      content = Buffer.alloc(0);
      sync();
    },
    write: (at, part) => {
      signal.throwIfAborted();
      if (faults.take('disk-full') || at + part.length > size) return false;
      const next = Buffer.alloc(Math.max(content.length, at + part.length));
      content.copy(next);
      part.copy(next, at);
      if (faults.take('disk-changed')) next.writeUInt8(next.readUInt8(at) ^ 1, at);
      content = next;
      return true;
    },
  };
}

function contentOf(disk: DiskContent): Buffer {
  if (disk === null) return Buffer.alloc(0);
  if ('bytes' in disk) return Buffer.from(disk.bytes, 'base64');
  return diskImage({ schematic: plainSchematic, ...disk });
}

function recordOf(content: Buffer): DiskContent {
  const image = content.length < imageBytes ? undefined : imageOn(content);
  return image ?? { bytes: content.toString('base64') };
}

/** An ordinary system has one partition, and runs from it unless the rescue system does. */
export function lsblkOf(machine: Machine, disk: Disk): Tool {
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

export function blkdiscardOf(disk: Disk): Tool {
  return (run) => {
    const [path = ''] = run.args;
    if (path !== diskPath) {
      return fail(run, `blkdiscard: cannot open ${path}: No such file or directory`);
    }
    disk.discard();
    return Promise.resolve(0);
  };
}
