import { omit } from './json.js';
import type { Metadata } from './objects.js';
import { isBuiltinGroup, type ResourceType } from './resources.js';

/** Kinds whose metadata a write of their status never changes (Kubernetes source, pkg/registry). */
const untouched = [
  'APIService',
  'CustomResourceDefinition',
  'ValidatingAdmissionPolicy',
  'VolumeAttachment',
];

/** What a write of its status leaves alone of a kind's metadata. */
const kept: Readonly<Record<string, keyof Metadata>> = {
  Deployment: 'labels',
  Pod: 'ownerReferences',
};

/**
 * The metadata of an object whose status is written: most kinds take it along, and controllers put
 * their finalizers there that way; custom resources do not.
 */
export function statusMetadata(
  type: ResourceType,
  before: Metadata,
  wanted: Partial<Metadata>,
): Partial<Metadata> {
  if (!isBuiltinGroup(type.group) || untouched.includes(type.kind)) {
    const { managedFields } = wanted;
    return managedFields ? { ...before, managedFields } : before;
  }
  const field = kept[type.kind];
  if (!field) return wanted;
  const own = before[field];
  return { ...omit(wanted, [field]), ...(own === undefined ? {} : { [field]: own }) };
}
