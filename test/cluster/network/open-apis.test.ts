import { describe, expect, it } from 'vitest';
import { wantedRules } from '../../../src/cluster/network/firewall-rules.js';
import { openApis } from '../../../src/cluster/network/open-apis.js';

const own = ['203.0.113.7/32'];
const rule = (port: string | undefined, source_ips: string[], protocol: 'tcp' | 'udp' = 'tcp') => ({
  ...{ protocol, source_ips, ...(port === undefined ? {} : { port }) },
});
const warnings = (extra: ReturnType<typeof rule>[], allowedCidrs: readonly string[] = own) =>
  openApis(wantedRules({ allowedCidrs, extraRules: extra }));

describe('the world before the APIs of the cluster', () => {
  it('is not let in by what oxide makes by itself', () => {
    expect(warnings([])).toEqual([]);
  });

  it('is said when allowed_cidrs lets it in', () => {
    expect(warnings([], ['0.0.0.0/0', '::/0', '203.0.113.7/32'])).toEqual([
      'The firewall rule "Kubernetes API" lets the internet reach 6443: it admits 0.0.0.0/0 and ::/0.',
      'The firewall rule "Talos API" lets the internet reach 50000: it admits 0.0.0.0/0 and ::/0.',
    ]);
  });

  it.each([
    ['any', '6443 and 50000'],
    ['6443', '6443'],
    ['50000', '50000'],
    ['30000-60000', '50000'],
    ['1-65535', '6443 and 50000'],
  ])('is said of an extra rule for tcp %s', (port, which) => {
    expect(warnings([rule(port, ['0.0.0.0/0'])])).toEqual([
      `The firewall rule for tcp ${port} lets the internet reach ${which}: it admits 0.0.0.0/0.`,
    ]);
  });

  it('is also a good part of it', () => {
    const halves = rule('6443', ['0.0.0.0/1', '128.0.0.0/1', '2000::/3', '12.0.0.0/8']);
    expect(warnings([halves]).join()).toContain('it admits 0.0.0.0/1, 128.0.0.0/1 and 2000::/3.');
  });

  it('is not what reaches other ports, or only some reach', () => {
    expect(warnings([rule('30000-32767', ['0.0.0.0/0'])])).toEqual([]);
    expect(warnings([rule('any', ['203.0.113.0/24', '2001:db8::/32'])])).toEqual([]);
    expect(warnings([rule('any', ['0.0.0.0/0'], 'udp')])).toEqual([]);
  });
});
