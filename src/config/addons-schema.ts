import { z } from 'zod';
import { defaultAddons } from './addon-defaults.js';
import { chartSource, releaseName } from './fields.js';
import { issuer } from './issuers-schema.js';

const chartVersion = z
  .string()
  .regex(/^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?$/, 'takes a version such as 1.2.3');

const addonKeys = (key: string) => ({
  enabled: z
    .boolean()
    .default(defaultAddons.includes(key))
    .meta({ description: 'Whether it is installed.' }),
  version: chartVersion.optional().meta({
    description: "Version of its chart; the one that was tested with oxide's values when left out.",
  }),
  values: z.record(z.string(), z.unknown()).prefault({}).meta({
    description: 'Values for its chart, merged last. Values that it needs here are kept.',
  }),
  chart: chartSource.optional().meta({
    description:
      'Where the chart comes from, for users behind mirrors: repository URL, OCI URL, or a path relative to cluster.yaml.',
  }),
});

const addon = (key: string, description: string) =>
  z.strictObject(addonKeys(key)).prefault({}).meta({ description });

const place = chartSource.meta({
  description:
    'Its name in `repository`, or without one an OCI URL or a path relative to cluster.yaml.',
});

/** A chart of the user's own. */
const ownChart = z
  .strictObject({
    name: releaseName.meta({ description: 'Name of its release, and in `oxide addons`.' }),
    chart: place,
    repository: chartSource
      .regex(/^https?:\/\/\S+$/, 'must be the URL of a repository of charts')
      .optional()
      .meta({ description: 'URL of the repository that holds it.' }),
    version: chartVersion.optional().meta({
      description: 'Its version.',
      rule: 'Needed unless `chart` is a path.',
    }),
    namespace: releaseName.optional().meta({ description: 'Its namespace; `name` unless given.' }),
    pod_security: z.enum(['privileged', 'baseline', 'restricted']).optional().meta({
      description: "What its namespace allows of pods; Talos's `baseline` unless given.",
    }),
    values: z.record(z.string(), z.unknown()).optional().meta({ description: 'Its values.' }),
    values_file: z.string().min(1).optional().meta({
      description: 'A YAML file with its values instead, relative to cluster.yaml.',
    }),
  })
  .meta({ description: 'A chart of your own, installed after all others.' });

/** A file, which is read when cluster.yaml is, or a URL. */
const manifest = z
  .string()
  .min(1)
  .transform((place) => ({ place, text: undefined as string | undefined }))
  .meta({ description: 'A path relative to cluster.yaml, or a URL.' });

/** The services that make a cluster run workloads. */
export const addons = z
  .strictObject({
    load_balancers: z.enum(['nodeipam', 'hcloud']).default('nodeipam').meta({
      description:
        "Who answers Services of the type LoadBalancer that name no class: Cilium's node IPAM with the nodes' public addresses, or Hetzner's cloud controller with load balancers that are paid for.",
      rule: '`hcloud` needs `hcloud_ccm`.',
    }),
    gateway_api: z
      .strictObject({
        channel: z.enum(['standard', 'experimental']).default('standard').meta({
          description:
            'Which of its definitions: the standard ones, or all of them. A cluster that has the experimental ones keeps them.',
        }),
      })
      .prefault({})
      .meta({ description: 'The Gateway API; its release belongs to `cilium.version`.' }),
    hcloud_ccm: addon('hcloud_ccm', "Hetzner's cloud controller."),
    hcloud_csi: z
      .strictObject({
        ...addonKeys('hcloud_csi'),
        luks: z.boolean().default(false).meta({
          description:
            'Whether there is a storage class `hcloud-volumes-encrypted` as well, whose volumes are encrypted with LUKS.',
        }),
      })
      .prefault({})
      .meta({ description: "Hetzner's storage driver." }),
    talos_ccm: addon(
      'talos_ccm',
      "Talos's cloud controller, which approves certificates of kubelets.",
    ),
    metrics_server: addon('metrics_server', 'What `kubectl top` asks.'),
    cert_manager: z
      .strictObject({
        ...addonKeys('cert_manager'),
        issuers: z.array(issuer).max(20).prefault([]).meta({
          description: "Issuers of Let's Encrypt, made once its webhook answers.",
          rule: '`hetzner` needs the chart cert-manager-webhook-hetzner among `addons.charts`.',
        }),
      })
      .prefault({})
      .meta({ description: 'Certificates.' }),
    external_dns: addon('external_dns', 'DNS records for Services and routes.'),
    traefik: addon('traefik', 'An ingress controller.'),
    argocd: addon('argocd', 'Applications from git.'),
    kube_prometheus_stack: addon('kube_prometheus_stack', 'Metrics, alerts and dashboards.'),
    charts: z
      .array(ownChart)
      .max(50)
      .prefault([])
      .meta({ description: 'Charts of your own, installed after all others.' }),
    manifests: z.array(manifest).max(50).prefault([]).meta({
      description:
        'Manifests of your own, applied after all addons: files, or URLs, whose text is compared by its SHA-256.',
      rule: 'URLs begin with https://; a path is relative to cluster.yaml.',
    }),
  })
  .prefault({})
  .meta({ description: 'What is installed in Kubernetes beside Cilium.' });
