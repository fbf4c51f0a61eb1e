const off = { enabled: false };
const defaultAddons = {
  ...{ hcloud_ccm: off, hcloud_csi: off, talos_ccm: off, metrics_server: off },
};

/** The section `addons` of a cluster that has these and no others. */
export function onlyAddons(addons: object = {}): string {
  return `addons: ${JSON.stringify({ ...defaultAddons, ...addons })}\n`;
}

/**
 * The rest of a cluster.yaml, with the sections that it leaves out and whose defaults make a cluster larger: no addons,
 * and nothing before the control planes. What a test is about is then all that is in its cluster.
 */
export function plain(rest = ''): string {
  const api = /^api:|cluster_endpoint:/m.test(rest) ? '' : 'api: { endpoint: first }\n';
  const own = rest === '' || rest.endsWith('\n') ? rest : `${rest}\n`;
  return `${own}${api}${/^addons:/m.test(rest) ? '' : onlyAddons()}`;
}

/** A cluster.yaml with this many control planes and workers, and nothing else that is not asked for. */
export function clusterYaml(controlPlanes: number, workers: number, more = ''): string {
  return `${shortYaml(controlPlanes, workers)}${plain(more)}`;
}

/** A cluster.yaml that says nothing but what it must. */
export function shortYaml(controlPlanes: number, workers: number): string {
  return `cluster_name: demo
hcloud: { location: nbg1 }
control_planes: [{ name: cp, server_type: cx23, count: ${controlPlanes} }]
workers: ${workers === 0 ? '[]' : `[{ name: web, server_type: cx33, count: ${workers} }]`}
`;
}
