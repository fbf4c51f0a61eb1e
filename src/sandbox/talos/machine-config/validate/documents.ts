import { layoutOf } from '../layout/layout.js';
import type { ConfigDocument, MachineConfig } from '../types.js';
import { mapping } from '../values.js';
import { conflicts } from './conflicts.js';
import { imageRuleErrors, imageRuleWarnings } from './image-rules.js';
import { kubernetesChecks } from './kubernetes.js';
import { bondWarnings, linkChecks } from './links.js';
import { isNegative, networkChecks } from './network.js';
import { wholeErrors } from './roles.js';
import { serviceChecks } from './services.js';
import { checksSince14, scrubErrors } from './since-14.js';
import { volumeChecks } from './volumes.js';

type Check = (document: ConfigDocument, minor: number) => string[];

const checks: Readonly<Record<string, Check>> = {
  ...linkChecks,
  ...networkChecks,
  ...serviceChecks,
  ...volumeChecks,
  ...kubernetesChecks,
  ImageVerificationConfig: ({ body }) => imageRuleErrors(body),
};

const volumeKinds = ['ExistingVolumeConfig', 'UserVolumeConfig', 'VolumeConfig'];

/** What Talos 1.14 checks beside or instead of what 1.13 does. */
function newerErrors({ kind, ...document }: ConfigDocument): string[] {
  const { body } = document;
  const isTrimmedBackwards = isNegative(mapping(body['trim'])['interval']);
  return [
    ...(checksSince14[kind]?.({ kind, ...document }) ?? []),
    ...(volumeKinds.includes(kind) && isTrimmedBackwards
      ? ['trim interval cannot be negative']
      : []),
    ...(volumeKinds.includes(kind) ? scrubErrors(mapping(body['scrub'])) : []),
  ];
}

/** What is wrong with the documents besides v1alpha1, and where they contradict it. */
export function documentErrors(config: MachineConfig, talosVersion: string): string[] {
  const layout = layoutOf(talosVersion);
  const errors = config.documents.flatMap((document) => {
    const found = [
      ...(checks[document.kind]?.(document, layout.minor) ?? []),
      ...(layout.minor >= 14 ? newerErrors(document) : []),
    ];
    // A kind whose documents have names shows also that one has none.
    const isNamed = layout.document(document.kind, 'v1alpha1')?.fields['name'] !== undefined;
    const id = isNamed ? `${document.kind}/${document.name ?? ''}` : document.kind;
    return found.length > 0 ? [`${id}: ${found.join('\n')}`] : [];
  });
  return [...errors, ...conflicts(config), ...(layout.minor >= 14 ? wholeErrors(config) : [])];
}

/** What is only odd about the documents. */
export function documentWarnings(config: MachineConfig): string[] {
  return config.documents.flatMap(({ kind, body }) => {
    if (kind === 'BondConfig') return bondWarnings(body);
    return kind === 'ImageVerificationConfig' ? imageRuleWarnings(body) : [];
  });
}
