import { eitherCloud, oxide } from '../../lib/commands.js';

/** How a copy of the secrets is called unless it is named: a rehearsal's is never taken for the real one. */
export function secretsCopyName(cluster: string, rehearsal: boolean): string {
  return `${cluster}${rehearsal ? '-rehearsal' : ''}-secrets.age`;
}

/** The command that brings back the secrets from a copy of that name. */
export function importCommand(cluster: string): string {
  return eitherCloud(
    oxide`secrets import ${secretsCopyName(cluster, false)}`,
    oxide`secrets import ${secretsCopyName(cluster, true)}`,
  );
}
