import { expect, test } from 'vitest';
import { commandOf as replaceAgain } from '../../src/cli/commands/replace.js';
import { commandOf as scaleAgain } from '../../src/cli/commands/scale.js';

const globals = { config: 'cluster.yaml', output: 'output' };

test('what goes on after a failure is the command as it was typed', () => {
  const scaled = { ...globals, role: 'worker', count: 2, pool: 'web' } as const;
  expect(scaleAgain(scaled)).toBe('scale worker --count 2 --pool web');
  expect(
    scaleAgain({ ...scaled, node: ['demo-web-1'], timeout: 1_200_000, force: true, write: true }),
  ).toBe('scale worker --count 2 --pool web --node demo-web-1 --timeout 1200s --force --write');
  expect(replaceAgain({ ...globals, nodes: ['demo-web-1'], timeout: 90_000, force: true })).toBe(
    'replace demo-web-1 --timeout 90s --force',
  );
  expect(replaceAgain({ ...globals, pool: 'web', maxUnavailable: 2 })).toBe(
    'replace --pool web --max-unavailable 2',
  );
});
