import { setFlagsFromString } from 'node:v8';

/**
 * Most of a run is waiting for others, so memory matters more than speed: a small heap for new
 * objects, and no optimising of large functions, which takes tens of megabytes while it compiles.
 */
export function saveMemory(): void {
  setFlagsFromString('--max-semi-space-size=1');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--max-optimized-bytecode-size=1500');
  // The parser of HTTP is WebAssembly.
  setFlagsFromString('--liftoff-only');
}

/**
 * For a run that computes: scrypt is one large function, and takes ten times as long when it is not
 * optimised. The size is V8's own.
 */
export function computeFast(): void {
  setFlagsFromString('--max-optimized-bytecode-size=61440');
}
