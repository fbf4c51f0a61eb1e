import { appendFileSync } from 'node:fs';
import fs from 'node:fs';
import { createHash } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { FaultPlan } from '../../src/sandbox/faults.js';
import type { RunOptions } from '../helpers/compose-run.js';
import { isLookingCall } from './faults.js';

/** Told at every instant at which a run may be stopped: what has just happened, or is about to. */
export type OnEvent = (what: string) => void;

/**
 * Tells of each request when it comes in, and when it has had its effect but is not answered. A look has
 * none: both instants leave the same behind.
 */
export function watchRequests(faults: FaultPlan, onEvent: OnEvent): void {
  const next = faults.next.bind(faults);
  const record = faults.record.bind(faults);
  faults.next = (method, path) => {
    onEvent(`${method} ${path} comes in`);
    return next(method, path);
  };
  faults.record = (request) => {
    record(request);
    if (request.method !== 'GET') onEvent(`${request.method} ${request.path} had its effect`);
  };
}

/** Tells of each call of a tool before it begins, and when it has had its effect; a look has none. */
export function watchTools(onEvent: OnEvent): NonNullable<RunOptions['around']> {
  return async ({ tool, args }, happen) => {
    const call = [tool, ...args].join(' ');
    onEvent(`${call} begins`);
    const end = await happen();
    if (!isLookingCall(call)) onEvent(`${call} had its effect`);
    return end;
  };
}

type Operation = (...args: unknown[]) => Promise<unknown>;

/** What changes files, and what reads them. */
const changing = 'mkdir chmod mkdtemp open rename rm writeFile'.split(' ');
const reading = 'readFile readdir realpath stat'.split(' ');

/**
 * Tells of each asynchronous file operation of this process before it happens, and in the middle of
 * what is written into an opened file. The simulation's own files are written synchronously and not
 * told of; those that only read can be left out. Returns what takes it back.
 */
export function watchFiles(onEvent: OnEvent, { reads = true } = {}): () => void {
  const watched = reads ? [...changing, ...reading] : changing;
  const promises = fs.promises as unknown as Record<string, Operation>;
  const originals = Object.fromEntries(watched.map((name) => [name, promises[name]]));
  for (const name of watched) {
    const original = promises[name];
    if (!original) throw new Error(`node:fs/promises has no ${name}`);
    promises[name] = async (...args) => {
      onEvent(`${name} ${String(args[0])}`);
      const result = await original(...args);
      if (name === 'open') watchHandle(result as fs.promises.FileHandle, onEvent);
      return result;
    };
  }
  syncBuiltinESMExports();
  return () => {
    Object.assign(promises, originals);
    syncBuiltinESMExports();
  };
}

function watchHandle(file: fs.promises.FileHandle, onEvent: OnEvent): void {
  const write = file.writeFile.bind(file);
  file.writeFile = async (content) => {
    const bytes = Buffer.from(content as string);
    noteContent(bytes);
    const middle = Math.floor(bytes.length / 2);
    await write(bytes.subarray(0, middle));
    onEvent('half of a file is written');
    await write(bytes.subarray(middle));
    onEvent('a file is written and not flushed');
  };
}

let contents: string | undefined;

/** From now on the digest of everything that is written is kept in this file, too. */
export function noteContents(path: string): void {
  contents = path;
}

function noteContent(bytes: Buffer): void {
  if (contents !== undefined) appendFileSync(contents, `${digestOf(bytes)}\n`);
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
