import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

/** What a node's machine configuration says, without its secrets. */
export interface MachineConfigFacts {
  /** The address by which the node was asked. */
  readonly node: string;
  /** `1.34.1`; undefined when the kubelet's image has no version. */
  readonly kubernetes: string | undefined;
  readonly podSubnets: readonly string[];
  readonly serviceSubnets: readonly string[];
  /** Further names in the certificate of the Talos API. */
  readonly certificateNames: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly {
    readonly key: string;
    readonly value: string;
    readonly effect: string;
  }[];
  readonly takesWorkloads: boolean;
  readonly parts: {
    /** Kubelets wait for somebody else to meet their node. */
    readonly externalCloudProvider: boolean;
    /** Kubelets ask the cluster for the certificate that they serve with. */
    readonly serverCertificates: boolean;
    /** Pods of kube-system may ask the Talos API; of a control plane only. */
    readonly talosApiAccess: boolean;
  };
}

const texts = z.array(z.string()).default([]);
const textMap = z.record(z.string(), z.unknown()).default({});
const taints = z
  .array(z.object({ key: z.string(), value: z.string().default(''), effect: z.string() }))
  .default([]);

const switched = z.object({ enabled: z.boolean().default(false) }).prefault({});

const configSchema = z.object({
  version: z.literal('v1alpha1'),
  machine: z.object({
    certSANs: texts,
    kubelet: z
      .object({
        image: z.string().default(''),
        extraArgs: textMap,
        extraConfig: z.object({ registerWithTaints: taints }).prefault({}),
      })
      .prefault({}),
    nodeLabels: textMap,
    nodeTaints: textMap,
    features: z.object({ kubernetesTalosAPIAccess: switched }).prefault({}),
  }),
  cluster: z
    .object({
      network: z.object({ podSubnets: texts, serviceSubnets: texts }).prefault({}),
      allowSchedulingOnControlPlanes: z.boolean().default(false),
      externalCloudProvider: switched,
    })
    .prefault({}),
});

const resourceSchema = z.object({ node: z.string(), spec: z.unknown() });

/**
 * Reads `talosctl get machineconfig v1alpha1 -o yaml`: one document a node that answered, whose spec
 * is the configuration as a text of one or several documents (Talos source,
 * pkg/machinery/resources/config/machine_config.go). What cannot be read is left out.
 */
export function parseMachineConfigs(stdout: string): MachineConfigFacts[] {
  // The nodes of a pool have the same text, and reading one takes its time.
  const read = new Map<unknown, Configuration | undefined>();
  return resourcesIn(stdout).flatMap((text) => {
    // One by one: read together, those of a hundred nodes take as much memory as all the rest of a run.
    const resource = resourceSchema.safeParse(documentsOf(text)[0]);
    if (!resource.success) return [];
    const { node, spec } = resource.data;
    if (!read.has(spec)) read.set(spec, configurationIn(spec));
    const found = read.get(spec);
    return found ? [factsOf(node, found)] : [];
  });
}

/** What talosctl separates; the configurations in them are indented. */
function resourcesIn(stdout: string): readonly string[] {
  return stdout.split(/^---$/m);
}

type Configuration = z.output<typeof configSchema>;

function configurationIn(spec: unknown): Configuration | undefined {
  const parts = typeof spec === 'string' ? documentsOf(spec) : [spec];
  const [found] = parts.flatMap((part) => {
    const parsed = configSchema.safeParse(part);
    return parsed.success ? [parsed.data] : [];
  });
  return found;
}

function documentsOf(text: string): readonly unknown[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) return [];
    return [document.toJS() as unknown];
  });
}

function factsOf(node: string, { machine, cluster }: Configuration): MachineConfigFacts {
  return {
    node,
    kubernetes: /:v?([^:@/]+)(?:@.+)?$/.exec(machine.kubelet.image)?.[1],
    podSubnets: cluster.network.podSubnets,
    serviceSubnets: cluster.network.serviceSubnets,
    certificateNames: machine.certSANs,
    labels: Object.fromEntries(
      Object.entries(machine.nodeLabels).map(([key, value]) => [key, String(value)]),
    ),
    taints: [
      ...Object.entries(machine.nodeTaints).map(([key, text]) => taintOf(key, String(text))),
      ...machine.kubelet.extraConfig.registerWithTaints,
    ],
    takesWorkloads: cluster.allowSchedulingOnControlPlanes,
    parts: {
      externalCloudProvider: cluster.externalCloudProvider.enabled,
      serverCertificates:
        String(machine.kubelet.extraArgs['rotate-server-certificates']) === 'true',
      talosApiAccess: machine.features.kubernetesTalosAPIAccess.enabled,
    },
  };
}

/** Talos's notation: `value:Effect`, or the effect alone. */
function taintOf(key: string, text: string) {
  const at = text.lastIndexOf(':');
  return { key, value: at < 0 ? '' : text.slice(0, at), effect: text.slice(at + 1) };
}
