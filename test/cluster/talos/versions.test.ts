import { describe, expect, test } from 'vitest';
import { brokenCharts, chartPins, defaultVersions } from '../../../src/cluster/talos/pins.js';
import {
  chartProblem,
  ciliumProblem,
  ciliumWarning,
  configContract,
  gatewayApiVersion,
  kubernetesProblem,
  pairProblem,
  talosProblem,
} from '../../../src/cluster/talos/versions.js';

test('the default versions go together in every matrix', () => {
  const { talos, kubernetes, cilium } = defaultVersions;
  expect(talosProblem(talos)).toBeUndefined();
  expect(kubernetesProblem(kubernetes, talos)).toBeUndefined();
  expect(ciliumProblem(cilium)).toBeUndefined();
  expect(ciliumWarning(cilium, kubernetes)).toBeUndefined();
  expect(gatewayApiVersion(cilium)).toBe('v1.6.1');
});

test.each(Object.entries(chartPins))('the chart of %s is for the default version', (_, pin) => {
  const { min, max } = 'kubernetes' in pin ? pin.kubernetes : { min: 0, max: 99 };
  const minor = Number(defaultVersions.kubernetes.split('.')[1]);
  expect([min <= minor, minor <= max]).toEqual([true, true]);
});

test.each(Object.entries(brokenCharts))(
  'of %s no version that is known to crash',
  (name, broken) => {
    const key = name as keyof typeof brokenCharts;
    expect(chartProblem(key, chartPins[key].version)).toBeUndefined();
    expect(chartProblem(key, broken.fixed)).toBeUndefined();
    expect(chartProblem(key, `${broken.fixed}-rc.1`)).toContain(`take ${broken.fixed} or later`);
  },
);

test.each([
  ['1.17.8', 'v1.2.1'],
  ['1.18.14', 'v1.3.0'],
  ['1.19.6', 'v1.4.1'],
  ['1.20.3', 'v1.6.1'],
])('Cilium %s goes with Gateway API %s', (cilium, gatewayApi) => {
  expect(gatewayApiVersion(cilium)).toBe(gatewayApi);
});

test.each(['1.15.0', '1.16.5', '1.21.0', '2.19.0'])('Cilium %s is refused', (cilium) => {
  expect(ciliumProblem(cilium)).toBe(
    `Cilium ${cilium} is not supported; oxide knows Cilium 1.17 to 1.20`,
  );
});

test('a Kubernetes version that Cilium does not test is warned about', () => {
  expect(ciliumWarning('1.17.8', '1.34.1')).toBe(
    'Cilium 1.17.8 is tested with Kubernetes 1.29 to 1.32, not with 1.34.1.',
  );
});

describe('pairs with which nodes lose their network', () => {
  test.each([
    [
      '1.20.4',
      'v1.12.4',
      "its kernel's verifier breaks Cilium, and nodes lose their network; take Talos 1.12.5 or later",
    ],
    [
      '1.19.4',
      'v1.12.7',
      'nodes lose the network of the host when its programs are loaded; take 1.19.5 or later',
    ],
  ])('Cilium %s on Talos %s is refused', (cilium, talos, reason) => {
    expect(pairProblem(cilium, talos)).toBe(
      `Cilium ${cilium} does not work on Talos ${talos}: ${reason}`,
    );
  });

  test.each([
    ['1.20.4', 'v1.12.5'],
    ['1.19.5', 'v1.12.7'],
    ['1.18.14', 'v1.12.7'],
    ['1.19.4', 'v1.13.9'],
  ])('Cilium %s on Talos %s is not', (cilium, talos) => {
    expect(pairProblem(cilium, talos)).toBeUndefined();
  });
});

describe('Talos and Kubernetes', () => {
  test.each([
    ['v1.8.0', '1.26.0', '1.31.9', '1.25.9', '1.32.0'],
    ['v1.9.0', '1.27.0', '1.32.9', '1.26.9', '1.33.0'],
    ['v1.10.9', '1.28.0', '1.33.9', '1.27.9', '1.34.0'],
    ['v1.11.2', '1.29.0', '1.34.9', '1.28.9', '1.35.0'],
    ['v1.12.11', '1.30.0', '1.35.9', '1.29.9', '1.36.0'],
    ['v1.13.9', '1.31.0', '1.36.9', '1.30.9', '1.37.0'],
    ['v1.14.0-rc.1', '1.32.0', '1.37.9', '1.31.9', '1.38.0'],
  ])('%s runs %s to %s, not %s and %s', (talos, min, max, below, above) => {
    const problems = [min, max, below, above].map((kubernetes) =>
      kubernetesProblem(kubernetes, talos),
    );
    expect(problems.map((problem) => problem === undefined)).toEqual([true, true, false, false]);
  });

  test.each(['v1.7.0', 'v1.15.0', 'v1.13.1', 'v1.13.3'])('%s is refused', (talos) => {
    expect(talosProblem(talos)).toContain(talos);
  });
});

test.each([
  ['v1.8.0', 'v1.8'],
  ['v1.11.2', 'v1.11'],
  ['v1.13.9', 'v1.13'],
  ['v1.14.0', 'v1.13'],
])('Talos %s reads the machine configuration of contract %s', (talos, contract) => {
  expect(configContract(talos)).toBe(contract);
});
