import { describe, expect, test } from 'vitest';
import { renderImported, type ImportedView } from '../../src/ui/secrets.js';
import { spelled } from '../helpers/spelling.js';

const looks = { color: false, columns: undefined };
const imported: ImportedView = {
  ...{ cluster: 'demo', caFingerprint: 'abc', comparison: { is: 'same' } },
  ...{ written: ['output/secrets.yaml'], kept: ['output/talosconfig'] },
};

describe('the result of an import', () => {
  test('names what was written and what was there, and goes on', () => {
    expect(spelled(renderImported(imported, looks))).toBe(
      [
        '',
        'The secrets of the cluster "demo" are back:',
        '  output/secrets.yaml',
        '  output/talosconfig (was there)',
        'Certificate authority: abc',
        'The cluster "demo" at Hetzner was made with it.',
        '',
        'Go on with:',
        '  oxide kubeconfig',
        '',
      ].join('\n'),
    );
  });

  test.each<[ImportedView['comparison'], string]>([
    [{ unknown: 'no token' }, 'Not compared with the cluster at Hetzner: no token.'],
    [{ is: 'no-network' }, 'Not compared: the network of "demo" that carries the fingerprint'],
    [{ is: 'no-cluster' }, 'Not compared: there is nothing of "demo" in the Hetzner project.'],
  ])('says with what it was not compared: %j', (comparison, line) => {
    const view = { ...imported, comparison, written: [] };
    const shown = renderImported(view, looks);
    expect(shown).toContain('Nothing to do: all of the copy is there already.');
    expect(shown).toContain(line);
    const leadsOn = !('is' in comparison) || comparison.is !== 'no-cluster';
    expect(shown.includes('oxide kubeconfig')).toBe(leadsOn);
  });
});
