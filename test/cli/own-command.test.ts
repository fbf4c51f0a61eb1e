import { describe, expect, test } from 'vitest';
import { spellingOfArgs } from '../../src/cli/args-spelling.js';
import { spellingOf } from '../../src/cli/own-command.js';

const usual = { config: 'cluster.yaml', output: 'output' };

describe('a command for the shell that a run was started in', () => {
  test('is short in the usual places', () => {
    const { own, tool, rehearsal } = spellingOf(usual);
    expect(own('status')).toBe('oxide status');
    expect(tool('kubectl get nodes')).toBe('kubectl --kubeconfig output/kubeconfig get nodes');
    expect(tool('talosctl health')).toBe('talosctl --talosconfig output/talosconfig health');
    expect(tool('hcloud server list')).toBe('hcloud server list');
    expect(rehearsal).toBe(false);
  });

  test('has the file and the folder of the run, in quotes', () => {
    const { own, tool } = spellingOf({ config: 'my cluster.yaml', output: "it's/out" });
    expect(own('create')).toBe("oxide --config 'my cluster.yaml' --output 'it'\\''s/out' create");
    expect(tool('kubectl get nodes')).toBe(
      "kubectl --kubeconfig 'it'\\''s/out/kubeconfig' get nodes",
    );
    expect(spellingOf({ ...usual, output: '-x' }).own('status')).toBe('oxide --output=-x status');
  });

  test('keeps a kubeconfig that it names itself', () => {
    expect(spellingOf(usual).tool('kubectl --kubeconfig k get nodes')).toBe(
      'kubectl --kubeconfig k get nodes',
    );
  });

  test('stays in the rehearsal', () => {
    const { own, tool, rehearsal } = spellingOf({ ...usual, config: 'x.yaml', sandbox: true });
    expect(own('status')).toBe('oxide --sandbox --config x.yaml status');
    expect(own('sandbox reset')).toBe('oxide --config x.yaml sandbox reset');
    expect(own('reference')).toBe('oxide reference');
    expect(tool('kubectl get nodes')).toBe(
      'oxide --config x.yaml sandbox run -- kubectl get nodes',
    );
    expect(rehearsal).toBe(true);
  });
});

describe('a run that failed before it had options', () => {
  test.each([
    [['status'], 'oxide create'],
    [['--sandbox', 'status', '-c', 'a.yaml'], 'oxide --sandbox --config a.yaml create'],
    [['status', '--config=a.yaml', '-o', 'out'], 'oxide --config a.yaml --output out create'],
    [['sandbox', 'run', '--', 'kubectl', '-c', 'x'], 'oxide --sandbox create'],
    [['--output', 'sandbox', 'status'], 'oxide --output sandbox create'],
    [['status', '--output'], 'oxide create'],
  ])('%j', (args, command) => {
    expect(spellingOfArgs(args).own('create')).toBe(command);
  });
});
