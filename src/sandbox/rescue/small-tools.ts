import { createHash } from 'node:crypto';
import { fail, parts, put, type Tool } from './process.js';
import { Unpacker, XzError } from './unpack.js';

const cat: Tool = async (run) => {
  for await (const part of parts(run)) await put(run.out, part);
  return 0;
};

const tee: Tool = async (run) => {
  for await (const part of parts(run)) {
    for (const path of run.args) {
      const file = run.files.get(path);
      if (file) await put(file, part);
    }
    await put(run.out, part);
  }
  return 0;
};

const sha256sum: Tool = async (run) => {
  const hash = createHash('sha256');
  for await (const part of parts(run)) hash.update(part);
  await put(run.out, `${hash.digest('hex')}  -\n`);
  return 0;
};

/** Knows one thing: a text before every line. */
const sed: Tool = async (run) => {
  const [, before] = /^s\/\^\/([^/]*)\/$/.exec(run.args.join(' ')) ?? [];
  if (before === undefined) return fail(run, 'sed: -e expression #1, char 1: unknown command');
  for await (const part of parts(run)) {
    await put(run.out, part.toString().replace(/^(?=.)/gm, before));
  }
  return 0;
};

const xz: Tool = async (run) => {
  if (run.args.join(' ') !== '-dc') return fail(run, "xz: Try `xz --help' for more information.");
  const unpacker = new Unpacker();
  try {
    for await (const part of parts(run)) await put(run.out, unpacker.add(part));
    unpacker.end();
    return 0;
  } catch (error) {
    if (!(error instanceof XzError)) throw error;
    return fail(run, `xz: (stdin): ${error.message}`);
  }
};

/** Tools that know nothing of the machine. */
export const smallTools = { cat, tee, sha256sum, sed, xz };
