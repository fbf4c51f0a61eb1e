import { fail, parts, put, type Process, type Tool } from './process.js';

/** The disk of the machine. */
export interface Disk {
  /** Bytes. */
  readonly size: number;
  read(length: number): Buffer;
  /** False: it does not fit. */
  write(at: number, part: Buffer): boolean;
  discard(): void;
  /** Keeps what was written. */
  sync(): void;
}

export const diskPath = '/dev/sda';
const operands = /^(?:(if|of|iflag|oflag|conv|status)=(.*)|(?:bs|count)=(\d+)M?)$/;

/** dd between pipes and the disk, with the words of coreutils 9.1. */
export function ddOf(disk: Disk, seconds: () => number): Tool {
  return async (run) => {
    const wrong = run.args.find((arg) => !operands.test(arg));
    if (wrong !== undefined) {
      await fail(run, `dd: unrecognized operand '${wrong}'`);
      return fail(run, "Try 'dd --help' for more information.");
    }
    const given = Object.fromEntries(run.args.map((arg) => arg.split('=') as [string, string]));
    const missing = [given['if'], given['of']].find(
      (path) => path !== undefined && path !== diskPath,
    );
    if (missing !== undefined) {
      return fail(run, `dd: failed to open '${missing}': No such file or directory`);
    }
    const copy = new Copy(run, {
      blockSize: bytes(given['bs'] ?? '512'),
      began: seconds(),
      seconds,
    });
    if (given['if'] !== undefined) {
      await put(run.out, disk.read(Number(given['count'] ?? disk.size)));
      return 0;
    }
    return given['of'] === undefined
      ? copy.through(given['status'] === 'progress')
      : copy.into(disk);
  };
}

function bytes(text: string): number {
  return text.endsWith('M') ? Number(text.slice(0, -1)) * 1024 * 1024 : Number(text);
}

interface Pace {
  readonly blockSize: number;
  readonly began: number;
  readonly seconds: () => number;
}

class Copy {
  #total = 0;

  constructor(
    readonly run: Process,
    readonly pace: Pace,
  ) {}

  async through(progress: boolean): Promise<number> {
    let told = this.pace.began;
    for await (const part of parts(this.run)) {
      await put(this.run.out, part);
      this.#total += part.length;
      if (!progress || this.pace.seconds() < told + 1) continue;
      told = this.pace.seconds();
      await put(this.run.err, `\r${this.#sum()}`);
    }
    if (progress && told > this.pace.began) await put(this.run.err, '\n');
    await this.#end();
    return 0;
  }

  async into(disk: Disk): Promise<number> {
    for await (const part of parts(this.run)) {
      if (!disk.write(this.#total, part)) {
        disk.sync();
        await fail(this.run, `dd: error writing '${diskPath}': No space left on device`);
        await this.#end();
        return 1;
      }
      this.#total += part.length;
    }
    disk.sync();
    await this.#end();
    return 0;
  }

  #end(): Promise<void> {
    const whole = Math.floor(this.#total / this.pace.blockSize);
    const records = `${whole}+${this.#total % this.pace.blockSize === 0 ? 0 : 1} records`;
    return put(this.run.err, `${records} in\n${records} out\n${this.#sum()}\n`);
  }

  #sum(): string {
    const total = this.#total;
    const took = this.pace.seconds() - this.pace.began;
    const sizes = total < 1_000 ? [] : [human(total, 1_000, ['B', 'kB', 'MB', 'GB'])];
    if (total >= 1_024) sizes.push(human(total, 1_024, ['B', 'KiB', 'MiB', 'GiB']));
    const shown = sizes.length === 0 ? '' : ` (${sizes.join(', ')})`;
    const rate = human(took > 0 ? total / took : 0, 1_000, ['B', 'kB', 'MB', 'GB']);
    return `${total} bytes${shown} copied, ${took} s, ${rate}/s`;
  }
}

function human(value: number, base: number, units: readonly string[]): string {
  let [scaled, power] = [value, 0];
  for (; scaled >= base && power < units.length - 1; power++) scaled /= base;
  return `${scaled < 10 && power > 0 ? scaled.toFixed(1) : String(Math.round(scaled))} ${units[power] ?? ''}`;
}
