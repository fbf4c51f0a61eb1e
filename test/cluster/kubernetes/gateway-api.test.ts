import { describe, expect, it } from 'vitest';
import {
  checkGatewayApi,
  hasGatewayApi,
  installedRelease,
  type GatewayChannel,
} from '../../../src/cluster/kubernetes/gateway-api.js';
import { gatewayApiVersion } from '../../../src/cluster/talos/versions.js';
import { PreconditionError } from '../../../src/lib/errors.js';
import { gatewayDefinitions } from '../fixtures.js';

function refusal(
  found: ReturnType<typeof gatewayDefinitions>,
  cilium: string,
  channel: GatewayChannel = 'standard',
): string {
  try {
    checkGatewayApi(found, { wanted: gatewayApiVersion(cilium), cilium, channel });
  } catch (error) {
    if (error instanceof PreconditionError) return error.message;
    throw error;
  }
  return 'not refused';
}

describe('the Gateway API of a cluster', () => {
  it.each([
    ['v1.4.1', 'standard', '1.19.6'],
    ['v1.3.0', 'standard', '1.19.6'],
    ['v1.4.1', 'standard', '1.20.0'],
    ['v1.4.1', 'standard', '1.18.12'],
    ['v1.6.2', 'standard', '1.20.0'],
    ['v1.4.1', 'experimental', '1.19.6'],
  ])('of %s (%s) may become that of Cilium %s', (bundle, channel, cilium) => {
    expect(refusal(gatewayDefinitions(bundle, channel), cilium)).toBe('not refused');
  });

  it('is not made older than the policy of its release allows', () => {
    expect(refusal(gatewayDefinitions('v1.6.1'), '1.19.6')).toBe(
      'Cilium 1.19.6 needs the Gateway API v1.4.1, and the cluster has v1.6.1: a policy of that release refuses older definitions, and what is stored by the newer ones could not be read with them',
    );
    // By another tool, for a part of it.
    const [first, ...others] = gatewayDefinitions();
    const mixed = [
      { ...first, name: 'gateways', bundle: 'v1.5.0', channel: 'standard' },
      ...others,
    ];
    expect(refusal(mixed, '1.19.6')).toContain('the cluster has v1.5.0');
    expect(refusal(gatewayDefinitions('v1.7.0'), '1.20.0')).toContain('the cluster has v1.7.0');
  });

  it('of the experimental channel is not replaced by the standard one', () => {
    expect(refusal(gatewayDefinitions('v1.3.0', 'experimental'), '1.19.6')).toBe(
      'the cluster has v1.3.0 from the experimental channel of the Gateway API, and Cilium 1.19.6 needs v1.4.1',
    );
  });

  it('gets the experimental definitions that are wanted, where no policy keeps them out', () => {
    expect(refusal(gatewayDefinitions('v1.4.1'), '1.19.6', 'experimental')).toBe('not refused');
    expect(refusal(gatewayDefinitions('v1.3.0', 'experimental'), '1.19.6', 'experimental')).toBe(
      'not refused',
    );
    expect(refusal([], '1.20.4', 'experimental')).toBe('not refused');
    expect(refusal(gatewayDefinitions('v1.6.1'), '1.20.4', 'experimental')).toBe(
      'the cluster has the standard definitions of the Gateway API v1.6.1, and a policy of that release keeps experimental ones out',
    );
  });

  it('is as it should be with more than is wanted, not with less', () => {
    const wish = { wanted: 'v1.4.1', cilium: '1.19.6' };
    const [standard, experimental] = [
      gatewayDefinitions(),
      gatewayDefinitions('v1.4.1', 'experimental'),
    ];
    expect(hasGatewayApi(experimental, { ...wish, channel: 'standard' })).toBe(true);
    expect(hasGatewayApi(experimental, { ...wish, channel: 'experimental' })).toBe(true);
    expect(hasGatewayApi(standard, { ...wish, channel: 'experimental' })).toBe(false);
  });

  it('is of the release that all that Cilium needs are of', () => {
    expect(installedRelease(gatewayDefinitions())).toBe('v1.4.1');
    expect(installedRelease(gatewayDefinitions('v1.3.0', 'experimental'))).toBe('v1.3.0');
    expect(installedRelease(gatewayDefinitions().slice(1))).toBeUndefined();
    expect(
      installedRelease([
        ...gatewayDefinitions().slice(1),
        ...gatewayDefinitions('v1.3.0').slice(0, 1),
      ]),
    ).toBeUndefined();
    expect(installedRelease([])).toBeUndefined();
  });
});
