import { describe, expect, it } from 'vitest';
import { OxideError, UsageError } from '../../src/lib/errors.js';
import { renderError } from '../../src/ui/error.js';
import { plainSpelling } from '../helpers/spelling.js';

const plain = { color: false, columns: undefined, verbose: false, spelling: plainSpelling };

describe('an error for the eyes', () => {
  it('is the fact and, below it, the next step', () => {
    const error = new OxideError('no Talos image v1.13.9 (x86) in this project', {
      hint: 'Build one: oxide image build',
    });
    expect(renderError(error, plain)).toBe(
      'no Talos image v1.13.9 (x86) in this project\n\n→ Build one: oxide image build\n',
    );
  });

  it('keeps a list of configuration problems as it is, colours or not', () => {
    const error = new UsageError(['cluster.yaml:3:1 a: wrong', 'cluster.yaml:9:5 b: missing']);
    expect(renderError(error, { ...plain, color: true })).toBe(
      'cluster.yaml:3:1 a: wrong\ncluster.yaml:9:5 b: missing\n',
    );
  });

  it('lets nobody else begin a line, or use its colours', () => {
    const error = new OxideError('reading a node: \u001B[32mfine\n\u2714 done\r\n  exit code 1', {
      hint: 'Look closer:\noxide\u202E status',
    });
    expect(renderError(error, plain)).toBe(
      'reading a node: \\u001b[32mfine\n  \u2714 done\n  exit code 1\n\n' +
        '→ Look closer:\n  oxide\\u202e status\n',
    );
  });

  it('names its causes only when asked', () => {
    const cause = new Error('read ECONNRESET');
    const error = new OxideError('Hetzner did not answer', { cause, hint: 'Try again.' });
    expect(renderError(error, plain)).not.toContain('ECONNRESET');
    expect(renderError(error, { ...plain, verbose: true })).toBe(
      'Hetzner did not answer\n\nCause: read ECONNRESET\n\n→ Try again.\n',
    );
  });

  it('calls everything unknown a bug, with its stack and what to do', () => {
    const bug = renderError(new TypeError('x is not a function'), plain);
    expect(bug).toMatch(/^This is a bug in oxide: x is not a function\n\n/);
    expect(bug).toMatch(/\n {4}at .*error\.test\.ts/);
    expect(bug).toMatch(/\n\n→ Please report it .*\n$/);
    expect(renderError('odd', plain)).toContain('This is a bug in oxide: odd');
  });

  it('uses colours when it may', () => {
    const error = new OxideError('full', { hint: 'later' });
    expect(renderError(error, { ...plain, color: true })).toBe(
      '\u001B[31mfull\u001B[39m\n\n\u001B[36m→\u001B[39m later\n',
    );
  });
});
