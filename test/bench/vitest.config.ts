import { mergeConfig, defineConfig } from 'vitest/config';
import tests from '../vitest.config.js';

export default mergeConfig(
  { ...tests, test: { ...tests.test, include: [] } },
  defineConfig({ test: { include: ['test/bench/**/*.bench.ts'] } }),
);
