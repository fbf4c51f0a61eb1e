import { list, text, type Mapping } from '../values.js';

/** Words that a bond of the section `machine.network` takes, and what is said of others. */
const words: readonly (readonly [field: string, taken: string, said: string])[] = [
  [
    'mode',
    'balance-rr active-backup balance-xor broadcast 802.3ad balance-tlb balance-alb',
    'invalid bond type',
  ],
  ['xmitHashPolicy', 'layer2 layer3+4 layer2+3 encap2+3 encap3+4', 'invalid xmit hash policy'],
  ['lacpRate', 'slow fast', 'invalid lacp rate'],
  [
    'arpValidate',
    'none active backup all filter filter-active filter-backup',
    'invalid arp_validate mode',
  ],
  ['arpAllTargets', 'any all', 'invalid arp_all_targets mode'],
  ['primaryReselect', 'always better failure', 'invalid primary_reselect mode'],
  ['failOverMac', 'none active follow', 'invalid fail_over_mac value'],
  ['adSelect', 'stable bandwidth count', 'invalid ad_select mode'],
];

/** What is wrong with a bond (Talos source, v1alpha1_validation.go, checkBond). */
export function bondErrors(bond: Mapping): string[] {
  const errors = words.flatMap(([field, taken, said]) => {
    const word = text(bond[field]);
    return word === '' || taken.split(' ').includes(word) ? [] : [`${said} ${word}`];
  });
  errors.push(...delayErrors(bond));
  if (list(bond['arpIPTarget']).length > 0) errors.push('bond.arpIPTarget is not supported');
  return [...errors, ...modeErrors(bond)];
}

function number(bond: Mapping, field: string): number {
  return Number(bond[field] ?? 0);
}

function delayErrors(bond: Mapping): string[] {
  const interval = number(bond, 'miimon');
  return ['upDelay', 'downDelay'].flatMap((name) => {
    const delay = number(bond, name.toLowerCase());
    if (interval === 0) return delay === 0 ? [] : [`bond.${name} can't be set if miiMon is zero`];
    return delay % interval === 0 ? [] : [`bond.${name} should be a multiple of miiMon`];
  });
}

/** What only some modes know. */
function modeErrors(bond: Mapping): string[] {
  const known = words[0]?.[1].split(' ') ?? [];
  const given = text(bond['mode']);
  const mode = known.includes(given) ? given : 'balance-rr';
  const isActiveLike = ['balance-alb', 'balance-tlb'].includes(mode);
  const is8023 = mode === '802.3ad';
  const unavailable = (name: string): string => `bond.${name} is not available in ${mode} mode`;
  const only8023 = (name: string): string => `bond.${name} is only available in 802.3ad mode`;
  const set = (field: string): boolean => text(bond[field]) !== '';
  const found: (readonly [isWrong: boolean, said: string])[] = [
    [set('lacpRate') && !is8023, only8023('lacpRate')],
    [set('adActorSystem'), 'bond.adActorSystem is not supported'],
    [(is8023 || isActiveLike) && set('arpValidate'), unavailable('arpValidate')],
    [!(mode === 'active-backup' || isActiveLike) && set('primary'), unavailable('primary')],
    [(is8023 || isActiveLike) && number(bond, 'arpInterval') > 0, unavailable('arpInterval')],
    [mode !== 'balance-rr' && number(bond, 'packetsPerSlave') > 1, unavailable('packetsPerSlave')],
    [!isActiveLike && number(bond, 'tlbDynamicLb') > 0, unavailable('tlbDynamicTLB')],
    [!is8023 && number(bond, 'adActorSysPrio') > 0, only8023('adActorSysPrio')],
    [!is8023 && number(bond, 'adUserPortKey') > 0, only8023('adUserPortKey')],
  ];
  return found.filter(([isWrong]) => isWrong).map(([, said]) => said);
}
