import { z } from 'zod';
import { onByDefault } from './addon-defaults.js';

const chartVersion = z
  .string()
  .regex(/^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?$/, 'takes a version such as 1.2.3');

const addon = (enabled: boolean, description: string) =>
  z
    .strictObject({
      enabled: z.boolean().default(enabled).meta({ description: 'Whether it is installed.' }),
      version: chartVersion.optional().meta({
        description:
          "Version of its chart; the one that was tested with oxide's values when left out.",
      }),
      values: z.record(z.string(), z.unknown()).prefault({}).meta({
        description: 'Values for its chart, merged last. Values that it needs here are kept.',
      }),
      chart: z.string().min(1).optional().meta({
        description:
          'Where the chart comes from, for users behind mirrors: repository URL, OCI URL, or a path relative to cluster.yaml.',
      }),
    })
    .prefault({})
    .meta({ description });

/** The services that make a cluster run workloads. */
export const addons = z
  .strictObject({
    load_balancers: z.enum(['nodeipam', 'hcloud']).default('nodeipam').meta({
      description:
        "Who answers Services of the type LoadBalancer that name no class: Cilium's node IPAM with the nodes' public addresses, or Hetzner's cloud controller with load balancers that are paid for.",
      rule: '`hcloud` needs `hcloud_ccm`.',
    }),
    hcloud_ccm: addon(onByDefault, "Hetzner's cloud controller."),
    hcloud_csi: addon(onByDefault, "Hetzner's storage driver."),
    talos_ccm: addon(
      onByDefault,
      "Talos's cloud controller, which approves certificates of kubelets.",
    ),
    metrics_server: addon(onByDefault, 'What `kubectl top` asks.'),
    cert_manager: addon(false, 'Certificates.'),
    external_dns: addon(false, 'DNS records for Services and routes.'),
    traefik: addon(false, 'An ingress controller.'),
    argocd: addon(false, 'Applications from git.'),
    kube_prometheus_stack: addon(false, 'Metrics, alerts and dashboards.'),
  })
  .prefault({})
  .meta({ description: 'What is installed in Kubernetes beside Cilium.' });
