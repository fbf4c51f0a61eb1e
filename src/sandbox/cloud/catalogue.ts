import type { Architecture } from './records.js';

/** Hourly and monthly price without tax (EUR), traffic included (TiB). */
export type Offer = readonly [hourly: number, monthly: number, traffic: number];

/** Where prices are equal: the European locations, the American ones, Singapore. */
export type Region = 'eu' | 'us' | 'sin';

export interface ServerTypeFacts {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly category: 'cost_optimized' | 'regular_purpose' | 'general_purpose';
  readonly architecture: Architecture;
  readonly cpu: 'shared' | 'dedicated';
  readonly cores: number;
  /** GB */
  readonly memory: number;
  /** GB */
  readonly disk: number;
  readonly offers: Readonly<Partial<Record<Region, Offer>>>;
  /** Regions in which it can no longer be ordered since the end of 2025. */
  readonly gone: readonly Region[];
  /** The location that Hetzner recommends it in. */
  readonly recommended: string | undefined;
}

export interface LoadBalancerTypeFacts {
  readonly id: number;
  readonly name: string;
  readonly maxConnections: number;
  readonly maxServices: number;
  readonly maxTargets: number;
  readonly maxCertificates: number;
  readonly offer: Offer;
}

// Names, sizes and prices of the live API on 2026-09-29.
export const serverTypes: readonly ServerTypeFacts[] = [
  firstCpx(22, 'cpx11', 'CPX 11', [2, 2, 40], {
    us: [0.028, 17.49, 1],
    eu: [0.0088, 5.49, 20],
    sin: [0.016, 9.99, 1],
  }),
  firstCpx(23, 'cpx21', 'CPX 21', [3, 4, 80], {
    us: [0.0513, 31.99, 2],
    eu: [0.0152, 9.49, 20],
    sin: [0.0296, 18.49, 2],
  }),
  firstCpx(24, 'cpx31', 'CPX 31', [4, 8, 160], {
    us: [0.1001, 62.49, 3],
    eu: [0.028, 17.49, 20],
    sin: [0.0521, 32.49, 3],
  }),
  firstCpx(25, 'cpx41', 'CPX 41', [8, 16, 240], {
    us: [0.1931, 120.49, 4],
    eu: [0.0521, 32.49, 20],
    sin: [0.0889, 55.49, 4],
  }),
  firstCpx(26, 'cpx51', 'CPX 51', [16, 32, 360], {
    us: [0.3814, 237.99, 5],
    eu: [0.1138, 70.99, 20],
    sin: [0.1602, 99.99, 5],
  }),
  cax(45, 'cax11', 'CAX11', [2, 4, 40], { eu: [0.0096, 5.99, 20] }),
  cax(93, 'cax21', 'CAX21', [4, 8, 80], { eu: [0.0168, 10.49, 20] }),
  cax(94, 'cax31', 'CAX31', [8, 16, 160], { eu: [0.0336, 20.99, 20] }),
  cax(95, 'cax41', 'CAX41', [16, 32, 320], { eu: [0.0657, 40.99, 20] }),
  ccx(96, 'ccx13', 'CCX13 Dedicated CPU', [2, 8, 80], {
    us: [0.0697, 43.49, 1],
    eu: [0.0689, 42.99, 20],
    sin: [0.0865, 53.99, 1],
  }),
  ccx(97, 'ccx23', 'CCX23 Dedicated CPU', [4, 16, 160], {
    us: [0.1402, 87.49, 2],
    eu: [0.1378, 85.99, 20],
    sin: [0.1739, 108.49, 2],
  }),
  ccx(98, 'ccx33', 'CCX33 Dedicated CPU', [8, 32, 240], {
    us: [0.2259, 140.99, 3],
    eu: [0.2219, 138.49, 30],
    sin: [0.2796, 174.49, 3],
  }),
  ccx(99, 'ccx43', 'CCX43 Dedicated CPU', [16, 64, 360], {
    us: [0.4479, 279.49, 4],
    eu: [0.4423, 275.99, 40],
    sin: [0.5465, 340.99, 4],
  }),
  ccx(100, 'ccx53', 'CCX53 Dedicated CPU', [32, 128, 600], {
    us: [0.863, 538.49, 6],
    eu: [0.855, 533.49, 50],
    sin: [1.0449, 651.99, 6],
  }),
  ccx(101, 'ccx63', 'CCX63 Dedicated CPU', [48, 192, 960], {
    us: [1.3782, 859.99, 8],
    eu: [1.3678, 853.49, 60],
    sin: [1.661, 1036.49, 8],
  }),
  cpx(108, 'cpx12', 'CPX 12', [1, 2, 40], { eu: [0.0184, 11.49, 20], sin: [0.0248, 15.49, 0.5] }),
  cpx(109, 'cpx22', 'CPX 22', [2, 4, 80], { eu: [0.0312, 19.49, 20], sin: [0.0425, 26.49, 1] }),
  cpx(110, 'cpx32', 'CPX 32', [4, 8, 160], { eu: [0.0569, 35.49, 20], sin: [0.0785, 48.99, 2] }),
  cpx(111, 'cpx42', 'CPX 42', [8, 16, 320], { eu: [0.1114, 69.49, 20], sin: [0.1498, 93.49, 3] }),
  cpx(112, 'cpx52', 'CPX 52', [12, 24, 480], { eu: [0.161, 100.49, 20], sin: [0.2155, 134.49, 4] }),
  cpx(113, 'cpx62', 'CPX 62', [16, 32, 640], {
    eu: [0.2083, 129.99, 20],
    sin: [0.2756, 171.99, 5],
  }),
  cx(114, 'cx23', 'CX 23', [2, 4, 40], { eu: [0.0088, 5.49, 20] }),
  cx(115, 'cx33', 'CX 33', [4, 8, 80], { eu: [0.0136, 8.49, 20] }),
  cx(116, 'cx43', 'CX 43', [8, 16, 160], { eu: [0.0256, 15.99, 20] }),
  cx(117, 'cx53', 'CX 53', [16, 32, 320], { eu: [0.0473, 29.49, 20] }),
];

export const loadBalancerTypes: readonly LoadBalancerTypeFacts[] = [
  {
    id: 1,
    name: 'lb11',
    maxConnections: 10_000,
    maxServices: 5,
    maxTargets: 25,
    maxCertificates: 10,
    offer: [0.012, 7.49, 20],
  },
  {
    id: 2,
    name: 'lb21',
    maxConnections: 20_000,
    maxServices: 15,
    maxTargets: 75,
    maxCertificates: 25,
    offer: [0.0344, 21.49, 20],
  },
  // Its limits are the published ones as remembered, its price is assumed.
  {
    id: 3,
    name: 'lb31',
    maxConnections: 40_000,
    maxServices: 30,
    maxTargets: 150,
    maxCertificates: 50,
    offer: [0.0689, 42.99, 20],
  },
];

type Row = readonly [
  id: number,
  name: string,
  description: string,
  size: readonly [cores: number, memory: number, disk: number],
  offers: ServerTypeFacts['offers'],
];

function family(
  facts: Partial<ServerTypeFacts>,
  [id, name, description, size, offers]: Row,
): ServerTypeFacts {
  const [cores, memory, disk] = size;
  return {
    category: 'regular_purpose',
    architecture: 'x86',
    cpu: 'shared',
    gone: [],
    recommended: 'hel1',
    ...facts,
    id,
    name,
    description,
    cores,
    memory,
    disk,
    offers,
  };
}

function cx(...row: Row): ServerTypeFacts {
  return family({ category: 'cost_optimized', recommended: undefined }, row);
}

function cax(...row: Row): ServerTypeFacts {
  return family({ category: 'cost_optimized', architecture: 'arm' }, row);
}

function ccx(...row: Row): ServerTypeFacts {
  return family({ category: 'general_purpose', cpu: 'dedicated' }, row);
}

function cpx(...row: Row): ServerTypeFacts {
  return family({}, row);
}

/** Not orderable outside the US since the end of 2025 (Hetzner changelog, 2025-10-16). */
function firstCpx(...row: Row): ServerTypeFacts {
  return family({ gone: ['eu', 'sin'], recommended: undefined }, row);
}
