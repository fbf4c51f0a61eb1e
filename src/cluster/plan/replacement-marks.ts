/** The mark of what a repair works on, on its servers. */
export const repairMark = 'repair';

/** The mark of a roll on the servers of its pool. */
export const rollMark = 'roll';

/** Whether a label of a server is that of a roll of its pool. */
export function isRollMark(label: string): boolean {
  return label.startsWith(`${rollMark}.`);
}

/** The label of a server that a replacement works on, `old` until it goes and `new` until all is done. */
export function replacementLabel(mark: string, which: 'old' | 'new'): string {
  return `${mark}.${which}`;
}
