import { stringOr } from '../../json.js';
import type { KubeObject } from '../../objects.js';
import type { RunningProgram } from '../../programs/running.js';

/** How a cloud controller was set up when it started. */
export interface CloudSettings {
  readonly token: string;
  /** The id or the name of the network; empty when it has none. */
  readonly network: string;
  readonly env: Readonly<Record<string, string>>;
}

export function settingsOf({ record: { env } }: RunningProgram): CloudSettings {
  return { token: env['HCLOUD_TOKEN'] ?? '', network: env['HCLOUD_NETWORK'] ?? '', env };
}

/** Go's strconv.ParseBool, as far as people write it. */
export function isTrueText(text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined || text === '') return otherwise;
  return ['1', 't', 'T', 'true', 'True', 'TRUE'].includes(text);
}

/** What a Service's annotation of the controller says (internal/annotation/load_balancer.go). */
export function annotation({ metadata }: KubeObject, name: string): string | undefined {
  const value = metadata.annotations?.[`load-balancer.hetzner.cloud/${name}`];
  return value === undefined ? undefined : stringOr(value);
}
