import type { Schema } from './schemas/schema.js';

/** One kind of object that the API serves, in one version of its group. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Its status is written at `/status` and ignored elsewhere. */
  readonly hasStatus: boolean;
  readonly subresources: readonly string[];
  /** Can only be posted, and is answered instead of stored. */
  readonly review: boolean;
  /** Cannot be written. */
  readonly readOnly?: boolean;
  readonly schema: Schema;
  /** The columns that a custom resource definition adds to tables. */
  readonly printerColumns?: readonly PrinterColumn[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}
