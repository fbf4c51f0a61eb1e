import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/memory-folder.ts'],
    pool: 'forks',
    // vitest leaves one core to itself unless told; it has next to nothing to do.
    maxWorkers: '100%',
    // No test changes a module: what the files of a worker import is loaded once.
    isolate: false,
    // For what hangs: on a busy machine, tests that start processes take ten times as long as on a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
