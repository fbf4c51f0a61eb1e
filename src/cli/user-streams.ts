import { Readable } from 'node:stream';
import type { UserProgram } from '../tools/exec.js';
import type { OutputStream } from '../ui/terminal.js';
import type { CliIo } from './io.js';

/** The streams of this process for a program that the user runs through it. */
export function userStreams(io: CliIo): Pick<UserProgram, 'stdin' | 'stdout' | 'stderr'> {
  return {
    stdin: isOwn(io.stdin) ? 'inherit' : Readable.from(io.stdin),
    stdout: outlet(io.stdout),
    stderr: outlet(io.stderr),
  };
}

function outlet(stream: OutputStream): UserProgram['stdout'] {
  return isOwn(stream) ? 'inherit' : (text) => void stream.write(text);
}

/** A stream of the system that a child process can have as it is, and a terminal stays one. */
function isOwn(stream: object): boolean {
  return 'fd' in stream && typeof stream.fd === 'number';
}
