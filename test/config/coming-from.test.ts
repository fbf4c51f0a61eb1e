import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describedSchema } from '../../src/config/described-schema.js';
import { parseConfig } from '../../src/config/load.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/coming-from.md'), 'utf8');

/** What stands in backquotes in the section of a tool. */
function namedIn(tool: string): readonly string[] {
  const section = new RegExp(`## ${tool}\n([^]*?)(\n## |$)`).exec(page)?.[1] ?? '';
  return [...section.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
}

/**
 * The keys of the tools' own examples: hetzner-k3s a3da4a1 (docs/Creating_a_cluster.md, and
 * src/configuration/main.cr for the top level), k8zner 9822dd7 (internal/config/spec.go), hcloud-k8s
 * d5e7dee (README.md).
 */
const keys: readonly (readonly [string, string])[] = [
  [
    'hetzner-k3s',
    `hetzner_token cluster_name kubeconfig_path k3s_version config_format_version api_server_hostname
    schedule_workloads_on_masters masters_pool worker_node_pools additional_pre_k3s_commands
    additional_post_k3s_commands additional_packages kube_api_server_args kube_scheduler_args
    kube_controller_manager_args kube_cloud_controller_manager_args cluster_autoscaler_args kubelet_args
    kube_proxy_args image autoscaling_image snapshot_os include_instance_type_in_instance_name
    protect_against_deletion create_load_balancer_for_the_kubernetes_api k3s_upgrade_concurrency
    grow_root_partition_automatically networking ssh allowed_networks.ssh allowed_networks.api
    custom_firewall_rules node_port_firewall_enabled node_port_range public_network.ipv4
    public_network.ipv6 public_network.hetzner_ips_query_server_url public_network.use_local_firewall
    private_network.enabled private_network.subnet private_network.existing_network_name cni.enabled
    cni.mode cni.encryption cni.cilium.helm_values_path cni.cilium.chart_version cluster_cidr
    service_cidr cluster_dns cluster_domain masters_pool.locations instance_type instance_count location
    labels taints autoscaling datastore.mode datastore.external_datastore_endpoint datastore.etcd
    addons.csi_driver addons.cloud_controller_manager addons.cluster_autoscaler
    addons.system_upgrade_controller addons.traefik addons.servicelb addons.metrics_server
    addons.embedded_registry_mirror`,
  ],
  [
    'k8zner',
    `name region workers.count workers.size control_plane.size domain cert_email argo_subdomain
    monitoring grafana_subdomain backup`,
  ],
  [
    'hcloud-k8s \\(Terraform\\)',
    `cluster_name hcloud_token cluster_kubeconfig_path cluster_talosconfig_path cert_manager_enabled
    cilium_gateway_api_enabled control_plane_nodepools worker_nodepools`,
  ],
];

test.each(keys)('every key of the example of %s is on the page', (tool, list) => {
  const named = namedIn(tool);
  expect(list.split(/\s+/).filter((key) => !named.includes(key))).toEqual([]);
});

test('the examples on the page are good files', () => {
  const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text ?? '');
  expect(examples).toHaveLength(3);
  for (const text of examples) parseConfig(text, { file: 'cluster.yaml' });
});

test("oxide's own keys on the page exist", () => {
  const sections = Object.entries(describedSchema().properties ?? {});
  const own = [...page.matchAll(/`((?:hcloud|talos|cilium)\.[a-z_.]+)`/g)].map(([, key]) => key);
  const unknown = own.filter((key = '') => {
    const [section, ...path] = key.split('.');
    let node = sections.find(([name]) => name === section)?.[1];
    for (const part of path) node = node?.properties?.[part];
    return node === undefined;
  });
  expect([own.length > 30, unknown]).toEqual([true, []]);
});
