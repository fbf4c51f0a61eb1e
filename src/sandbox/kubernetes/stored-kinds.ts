import type { Condition, KubeObject, LabelSelector } from './objects.js';
import type { PrinterColumn } from './resources.js';
import type { Schema } from './schemas/schema.js';
import type { KubeNode, Pod, Workload } from './workloads.js';

/** What the simulation knows of the objects under some of the store's keys. */
interface StoredKinds {
  readonly pods: Pod;
  readonly nodes: KubeNode;
  readonly 'deployments.apps': Workload;
  readonly 'replicasets.apps': Workload;
  readonly 'daemonsets.apps': Workload;
  readonly 'statefulsets.apps': Workload;
  readonly 'jobs.batch': Job;
  readonly 'poddisruptionbudgets.policy': DisruptionBudget;
  readonly 'customresourcedefinitions.apiextensions.k8s.io': Definition;
}

/** The type of the objects under a key of the store. */
export type Stored<Resource extends string> = Resource extends keyof StoredKinds
  ? StoredKinds[Resource]
  : KubeObject;

/** A PodDisruptionBudget, as far as evictions and its controller read it. */
export interface DisruptionBudget extends KubeObject {
  readonly spec: {
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
    readonly selector?: LabelSelector;
    readonly unhealthyPodEvictionPolicy?: string;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly disruptionsAllowed: number;
    readonly currentHealthy: number;
    readonly desiredHealthy: number;
    readonly expectedPods: number;
  };
}

/** A Job, as far as its controller reads it. */
export interface Job extends KubeObject {
  readonly spec: Workload['spec'] & {
    readonly completions?: number;
    readonly parallelism?: number;
    readonly suspend?: boolean;
    readonly ttlSecondsAfterFinished?: number;
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly succeeded?: number;
    readonly active?: number;
    readonly [field: string]: unknown;
  };
}

/** A CustomResourceDefinition, as far as it is served. */
export interface Definition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: {
      readonly plural: string;
      readonly kind: string;
      readonly singular?: string;
      readonly shortNames?: readonly string[];
      readonly categories?: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly served?: boolean;
      readonly storage?: boolean;
      readonly schema?: { readonly openAPIV3Schema?: Schema };
      readonly subresources?: { readonly status?: object };
      readonly additionalPrinterColumns?: readonly PrinterColumn[];
    }[];
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}
