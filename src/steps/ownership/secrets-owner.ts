import { importCommand } from '../../cluster/state/secrets-copy-name.js';
import { labelKeys } from '../../cluster/state/labels.js';
import { type Labels } from '../../cluster/state/cluster-state.js';
import { PreconditionError } from '../../lib/errors.js';
import type { FlowContext } from '../run/context.js';

/** The fingerprint of secrets, and how their file is called in errors: the kept one unless given. */
export interface Authority {
  readonly caFingerprint: string;
  readonly name?: string;
}

/** Refuses secrets of another certificate authority than the one that the network's label names. */
export function checkAuthority(
  { config, files }: Pick<FlowContext, 'config' | 'files'>,
  { caFingerprint: own, name = files.secrets }: Authority,
  networkLabels: Labels,
): void {
  const wanted = networkLabels[labelKeys.caFingerprint];
  if (wanted === own) return;
  throw new PreconditionError(
    `${name} (certificate authority ${own}) does not belong to the cluster ` +
      `"${config.cluster_name}" (${wanted ?? 'its network carries no fingerprint'})`,
    'The secrets that the cluster was made with are needed. Move others in the output folder away, then\n' +
      `bring them back from your copy: ${importCommand(config.cluster_name)}`,
    'secrets.foreign',
  );
}

/** A text of secrets, and how the file that it is from is called in errors. */
export interface NamedSecrets {
  readonly name: string;
  readonly text: string;
}

/** What a check of secrets has to know of the run. */
export type SecretsOwner = Pick<FlowContext, 'config' | 'rehearsal'>;

/** The first line says whose the secrets are; files of other tools have none, and are of real clusters. */
export function checkOwner(
  { config, rehearsal }: SecretsOwner,
  { name, text }: NamedSecrets,
): void {
  const [, kind, owner] = /^# Secrets of the (rehearsed )?cluster "(.+)"/.exec(text) ?? [];
  if (owner !== undefined && owner !== config.cluster_name) {
    throw new PreconditionError(
      `${name} belongs to the cluster "${owner}", not to "${config.cluster_name}"`,
      'Two clusters never share secrets. Name the right cluster.yaml with --config, and its own folder with --output.',
      'secrets.foreign',
    );
  }
  if ((kind !== undefined) !== rehearsal) {
    throw new PreconditionError(
      rehearsal
        ? `${name} belongs to a real cluster, and this is a rehearsal`
        : `${name} was made in a rehearsal, and this is a real run`,
      'Their access files would overwrite each other. Give one of them its own folder with --output.',
      'secrets.foreign',
    );
  }
}
