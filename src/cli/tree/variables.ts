/** Every environment variable that a user may set, and what it does. */
export const variables = {
  HCLOUD_TOKEN: 'the API token of the Hetzner project; first of all sources',
  HCLOUD_CLUSTER_TOKEN:
    "the token that Hetzner's controllers in the cluster get; oxide's own unless set",
  CLOUDFLARE_API_TOKEN:
    'the token with which issuers of cert-manager write DNS records at Cloudflare',
  HCLOUD_CONTEXT: 'the context of the hcloud CLI whose token is taken without one',
  HCLOUD_CONFIG: "the hcloud CLI's file, where it is not in its usual place",
  HCLOUD_ENDPOINT: 'a mirror of the Hetzner API',
  OXIDE_GATEWAY_API: "a mirror of the Gateway API's definitions",
  OXIDE_CHARTS: 'a repository with the charts of all addons',
  OXIDE_IMAGE_FACTORY: 'a mirror of the Talos Image Factory',
  HTTPS_PROXY: 'the proxy for requests, as for kubectl; also HTTP_PROXY and NO_PROXY',
  SSL_CERT_FILE: 'certificates of authorities to trust beside the usual ones',
  KUBECONFIG: 'your own kubeconfig, which --merge adds to',
  OXIDE_PASSPHRASE: 'the passphrase of the copy',
  OXIDE_SANDBOX_SPEED: 'how many times as fast a rehearsal runs; 60 unless set',
  SHELL: 'the shell that is opened',
  NO_COLOR: 'set: no colours; FORCE_COLOR: colours also in a pipe',
  CI: 'set: plain lines instead of moving ones',
} as const;

export type VariableName = keyof typeof variables;

/** Those of every command that reaches out to the cloud, real or simulated. */
export const cloudVariables: readonly VariableName[] = [
  'HCLOUD_TOKEN',
  'HCLOUD_CONTEXT',
  'HCLOUD_CONFIG',
  'HCLOUD_ENDPOINT',
  'HTTPS_PROXY',
  'SSL_CERT_FILE',
  'OXIDE_SANDBOX_SPEED',
];

/** Those of every command. */
export const commonVariables: readonly VariableName[] = ['NO_COLOR', 'CI'];
