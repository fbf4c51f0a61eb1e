import type { ClusterConfig } from '../config/schema.js';

type Issuer = ClusterConfig['addons']['cert_manager']['issuers'][number];

/** What the manifest of the issuers is called, in plans and in `oxide addons`. */
export const issuersName = 'cert-manager/issuers';

/** The tokens with which issuers write DNS records, as texts. */
export interface DnsTokens {
  readonly hetzner: string;
  readonly cloudflare: string | undefined;
}

/** A Secret with the token of a provider: cert-manager reads those of ClusterIssuers in its own namespace. */
const secrets = {
  hetzner: { name: 'hetzner-dns', key: 'token' },
  cloudflare: { name: 'cloudflare-dns', key: 'api-token' },
} as const;

const servers = {
  production: 'https://acme-v02.api.letsencrypt.org/directory',
  staging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
} as const;

/** The issuers that cluster.yaml asks for, and the Secrets that they need; empty: none. */
export function issuerObjects(config: ClusterConfig, tokens: DnsTokens): readonly object[] {
  const { issuers } = config.addons.cert_manager;
  const providers = (['hetzner', 'cloudflare'] as const).filter((provider) =>
    issuers.some(({ solver }) => solver === provider),
  );
  return [
    ...providers.map((provider) => {
      const { name, key } = secrets[provider];
      return {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'Opaque',
        metadata: { name, namespace: 'cert-manager', labels },
        data: { [key]: Buffer.from(tokens[provider] ?? '').toString('base64') },
      };
    }),
    ...issuers.map(issuerOf),
  ];
}

const labels = { 'app.kubernetes.io/managed-by': 'oxide' };

function issuerOf(issuer: Issuer): object {
  const { name, server, email, zones } = issuer;
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name, labels },
    spec: {
      acme: {
        server: servers[server],
        ...(email !== undefined && { email }),
        privateKeySecretRef: { name: `${name}-account` },
        solvers: [
          { ...(zones.length > 0 && { selector: { dnsZones: zones } }), ...solverOf(issuer) },
        ],
      },
    },
  };
}

/** cert-manager.io, "HTTP01" and "Cloudflare"; docs/reference/issuer-configuration.md of the webhook v0.9.0. */
function solverOf({ solver, gateway }: Issuer): object {
  if (solver === 'http01') {
    return { http01: { gatewayHTTPRoute: { parentRefs: [{ kind: 'Gateway', ...gateway }] } } };
  }
  const reference = secrets[solver];
  if (solver === 'cloudflare') return { dns01: { cloudflare: { apiTokenSecretRef: reference } } };
  const config = { tokenSecretKeyRef: reference };
  return { dns01: { webhook: { groupName: 'acme.hetzner.com', solverName: 'hetzner', config } } };
}
