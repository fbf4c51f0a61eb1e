import { quote } from '../../layout/go-text.js';
import { nilPointer } from '../../merge.js';
import { list, mapping, text } from '../../values.js';

/** What is wrong with the partitions of disks. */
export function diskErrors(disks: readonly unknown[]): string[] {
  return disks.flatMap((disk, index) => {
    if (disk === null) return [`machine.disks[${index}] is null`];
    const given = list(mapping(disk)['partitions']);
    if (given.includes(null)) return [nilPointer];
    const partitions = given.map(mapping);
    const name = quote(text(mapping(disk)['device']));
    const endless = partitions
      .slice(0, -1)
      .filter(({ size = 0 }) => /^0*(\.0*)?[a-z]*$/i.test(String(size)));
    return endless.map(
      () =>
        `partition for disk ${name} is set to occupy full disk, but it's not the last partition in the list`,
    );
  });
}

/** What is wrong with the keys of an encrypted partition. */
export function encryptionErrors(
  label: string,
  encryption: { keys?: unknown[] } | undefined,
): string[] {
  if (!encryption) return [];
  const keys = list(encryption.keys).map(mapping);
  if (keys.length === 0) return [`partition "${label}": no encryption keys provided`];
  const slots = new Set<number>();
  return keys.flatMap((key) => {
    const slot = Number(key['slot'] ?? 0);
    const isTaken = slots.has(slot);
    slots.add(slot);
    const isEmpty = ['nodeID', 'static', 'kms', 'tpm'].every((kind) => key[kind] === undefined);
    return [
      ...(isTaken ? [`partition "${label}": encryption key slot ${slot} is already in use`] : []),
      ...(isEmpty
        ? [
            `partition "${label}": encryption key at slot ${slot} doesn't have the configuration parameters`,
          ]
        : []),
    ];
  });
}
