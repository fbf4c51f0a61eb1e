import { z } from 'zod';
import { OxideError } from '../lib/errors.js';

/** A node as Kubernetes sees it. */
export interface KubeNode {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not Ready, in Kubernetes' words; empty when it is. */
  readonly reason: string;
  /** Since when it is not Ready, by the clock of the cluster, ms since the epoch; undefined: it is, or nobody tells. */
  readonly notReadySince: number | undefined;
  readonly internalIp: string | undefined;
  /** `hcloud://42`; undefined where no cloud controller has set it. */
  readonly providerId: string | undefined;
  readonly role: 'control-plane' | 'worker';
  /** `v1.34.1` */
  readonly kubeletVersion: string;
  /** `v1.13.9`, from the name of its operating system; undefined when that is not Talos. */
  readonly talosVersion: string | undefined;
  /** Cordoned: takes no new pods. */
  readonly unschedulable: boolean;
  /** No cloud controller has met it yet, so it takes no ordinary pods. */
  readonly uninitialized: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a kubelet puts on its node that is told of an external cloud provider. */
const uninitializedTaint = 'node.cloudprovider.kubernetes.io/uninitialized';

/** Labels and annotations. */
export const stringMap = z.record(z.string(), z.string()).default({});
const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTransitionTime: z.string().default(''),
});

const nodeSchema = z.object({
  metadata: z.object({ name: z.string(), labels: stringMap }),
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      providerID: z.string().optional(),
      taints: z.array(z.object({ key: z.string() })).default([]),
    })
    .prefault({}),
  status: z.object({
    addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
    conditions: z.array(condition).default([]),
    nodeInfo: z.object({ kubeletVersion: z.string(), osImage: z.string().default('') }).optional(),
  }),
});

const controlPlaneLabel = 'node-role.kubernetes.io/control-plane';

/** Reads `kubectl get nodes -o json`. */
export function parseNodes(stdout: string): KubeNode[] {
  return readList(stdout, nodeSchema).map(nodeOf);
}

/** Reads one node. */
export function toNode(object: unknown): KubeNode {
  return nodeOf(checked(object, nodeSchema));
}

function nodeOf({ metadata, spec, status }: z.output<typeof nodeSchema>): KubeNode {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const isReady = ready?.status === 'True';
  return {
    name: metadata.name,
    ready: isReady,
    reason: isReady ? '' : (ready?.message ?? '') || 'NotReady: no word from the kubelet yet',
    notReadySince: isReady ? undefined : timeIn(ready?.lastTransitionTime),
    internalIp: status.addresses.find(({ type }) => type === 'InternalIP')?.address,
    providerId: spec.providerID,
    role: controlPlaneLabel in metadata.labels ? 'control-plane' : 'worker',
    kubeletVersion: status.nodeInfo?.kubeletVersion ?? '',
    talosVersion: /^Talos \((v[^)]+)\)$/.exec(status.nodeInfo?.osImage ?? '')?.[1],
    unschedulable: spec.unschedulable,
    uninitialized: spec.taints.some(({ key }) => key === uninitializedTaint),
    labels: metadata.labels,
  };
}

/** Milliseconds since the epoch; undefined for what is no time. */
function timeIn(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

const leaseSchema = z.object({
  spec: z.object({ renewTime: z.string().optional() }).prefault({}),
});

/**
 * What time it is for the controller that tells since when nodes are not Ready: it renews its lease
 * every two seconds. Undefined when it never did.
 */
export function parseClusterTime(stdout: string): number | undefined {
  return timeIn(readObject(stdout, leaseSchema).spec.renewTime);
}

/** What helm writes on everything that it makes. */
export const releaseAnnotation = 'meta.helm.sh/release-name';

/** The driver by which Kubernetes reaches Hetzner's volumes. */
const hetznerDriver = 'csi.hetzner.cloud';

const persistentVolumeSchema = z.object({
  spec: z.object({
    csi: z.object({ driver: z.string(), volumeHandle: z.string() }).optional(),
  }),
});

/** Hetzner's ids of the volumes in `kubectl get persistentvolumes,… -o json`. */
export function parseVolumeIds(stdout: string): number[] {
  return readList(stdout, persistentVolumeSchema).flatMap(({ spec: { csi } }) =>
    csi?.driver === hetznerDriver && /^\d+$/.test(csi.volumeHandle)
      ? [Number(csi.volumeHandle)]
      : [],
  );
}

const identifiedSchema = z.object({ kind: z.string(), metadata: z.object({ uid: z.string() }) });

/** The uids of the services in `kubectl get services,… -o json`. */
export function parseServiceUids(stdout: string): string[] {
  return readList(stdout, identifiedSchema).flatMap(({ kind, metadata }) =>
    kind === 'Service' ? [metadata.uid] : [],
  );
}

const namespaceSchema = z.object({
  metadata: z.object({
    name: z.string(),
    annotations: stringMap,
    deletionTimestamp: z.string().optional(),
  }),
});

/** The namespaces that a helm release has made and that are being deleted. */
export function parseEndingNamespaces(
  stdout: string,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): string[] {
  return readList(stdout, namespaceSchema)
    .filter(
      ({ metadata: { annotations, deletionTimestamp } }) =>
        deletionTimestamp !== undefined &&
        annotations[releaseAnnotation] === name &&
        annotations['meta.helm.sh/release-namespace'] === namespace,
    )
    .map(({ metadata }) => metadata.name);
}

/** The items of a list that kubectl wrote as JSON, checked. */
export function readList<S extends z.ZodType>(stdout: string, item: S): z.output<S>[] {
  return readObject(stdout, listOf(item)).items;
}

const lists = new WeakMap<z.ZodType, z.ZodObject<{ items: z.ZodArray }>>();

/** Made once for each kind of item: what a schema costs is its first use. */
function listOf<S extends z.ZodType>(item: S): z.ZodObject<{ items: z.ZodArray<S> }> {
  const known = lists.get(item) as z.ZodObject<{ items: z.ZodArray<S> }> | undefined;
  if (known) return known;
  const list = z.object({ items: z.array(item) });
  lists.set(item, list);
  return list;
}

/** One object that kubectl wrote as JSON, checked. */
export function readObject<S extends z.ZodType>(stdout: string, schema: S): z.output<S> {
  return checked(parseJson(stdout), schema);
}

/** What was read of kubectl's JSON, checked. */
export function checked<S extends z.ZodType>(object: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(object);
  if (parsed.success) return parsed.data;
  throw new OxideError(
    'the output of kubectl is not what it should be: it breaks off or is no JSON',
    {
      hint: 'Run the same command again.',
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const configMapSchema = z.object({ data: z.record(z.string(), z.unknown()).default({}) });

/** The texts of `kubectl get configmap -o json`; none of what is no ConfigMap. */
export function parseConfigMap(stdout: string): Readonly<Record<string, unknown>> {
  const parsed = configMapSchema.safeParse(parseJson(stdout));
  return parsed.success ? parsed.data.data : {};
}
