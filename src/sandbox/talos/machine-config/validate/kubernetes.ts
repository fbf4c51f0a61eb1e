import { annotationErrors, labelErrors, subdomainObjection, taintErrors } from '../labels.js';
import { quote } from '../layout/go-text.js';
import { endpointObjection, parseUrl } from '../layout/go-url.js';
import { isSubnetOrAddress } from '../layout/network-texts.js';
import { listErrors } from '../multi-error.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ConfigDocument } from '../types.js';
import { resourcesError } from './cluster.js';
import { protectedKubeletFields, talosRoles } from './machine.js';
import { isPrivateKey, pairObjection, pemObjection } from './pem.js';
import { networkErrors } from './subnets.js';

type Check = (document: ConfigDocument) => string[];

/** What is wrong with the documents about Kubernetes that Talos 1.14 has (types/k8s), by kind. */
export const kubernetesChecks: Readonly<Record<string, Check>> = {
  KubeAPIServerCAConfig: ({ body }) => authorityErrors(body, false),
  KubeAPIServerConfig: ({ body }) => [
    ...imageErrors(body, 'kube-apiserver image'),
    ...argumentErrors(mapping(body['extraArgs'])),
    ...resourceErrors(body),
  ],
  KubeAdmissionControlConfig: ({ name = '' }) =>
    name === '' ? ['admission control plugin name is required'] : [],
  KubeAggregatorCAConfig: ({ body }) => authorityErrors(body, true),
  KubeAuthorizerConfig: ({ name = '', body }) => {
    const type = text(body['type']);
    const hasWebhook = Object.keys(mapping(body['webhook'])).length > 0;
    return [
      ...(name === '' ? ['authorizer name is required'] : []),
      ...(type === '' ? ['authorizer type is required'] : []),
      ...(['Node', 'RBAC', 'Webhook'].includes(type)
        ? []
        : [`authorizer type ${type} is not allowed, allowed types are [Node RBAC Webhook]`]),
      ...(type === 'Webhook' && !hasWebhook
        ? ['authorizer webhook configuration is required for Webhook authorizer type']
        : []),
    ];
  },
  KubeClusterConfig: ({ body }) => {
    const endpoint = text(body['endpoint']);
    const why = endpoint === '' ? undefined : endpointObjection(endpoint);
    return [
      ...(text(body['clusterName']) === '' ? ['clusterName must be specified'] : []),
      ...(endpoint === '' ? ['endpoint must be specified'] : []),
      ...(why === undefined ? [] : [`cluster endpoint is invalid: ${why}`]),
    ];
  },
  KubeControllerManagerConfig: ({ body }) => podErrors(body, 'kube-controller-manager image'),
  KubeEtcdEncryptionConfig: ({ body }) =>
    isEmpty(body['config']) ? ['etcd encryption config is required'] : [],
  KubeExternalManifestConfig: ({ name = '', body }) => [
    ...nameErrors(name, 'manifest name'),
    ...manifestUrlErrors(text(body['url'])),
  ],
  KubeFlannelCNIConfig: ({ body }) => [
    ...(text(body['backendType']) === '' ? ['flannel backend type must be specified'] : []),
    ...resourceErrors(body),
  ],
  KubeInlineManifestConfig: ({ name = '' }) => nameErrors(name, 'manifest name'),
  KubeNetworkConfig: ({ body }) => networkErrors(body),
  KubeNodeConfig: nodeErrors,
  KubePrismConfig: ({ body }) => {
    const port = Number(body['port'] ?? 0);
    return port <= 0 || port > 65535 ? [`invalid port ${port}: must be in range 1-65535`] : [];
  },
  KubeProxyConfig: ({ body }) => {
    const mode = text(body['mode']);
    const isKnown = ['', 'nftables', 'iptables', 'ipvs'].includes(mode);
    const said = `invalid proxy mode ${quote(mode)}: supported modes are iptables, ipvs and nftables`;
    if (body['enabled'] === false) return [];
    return [
      ...imageErrors(body, 'proxy image'),
      ...(isKnown ? [] : [said]),
      ...resourceErrors(body),
    ];
  },
  KubeSchedulerConfig: ({ body }) => podErrors(body, 'scheduler image'),
  KubeServiceAccountConfig: ({ body }) => issuerErrors(mapping(body['issuer'])),
  KubeStaticPodConfig: ({ name = '', body }) => [
    ...nameErrors(name, 'static pod name'),
    ...(isEmpty(body['pod']) ? ['static pod spec is required'] : []),
  ],
  KubeTalosAPIAccessConfig: ({ body }) =>
    list(body['allowedRoles'])
      .map(text)
      .filter((role) => !talosRoles.includes(role))
      .map((role) => `invalid role ${quote(role)} in .allowedRoles`),
  KubeletConfig: ({ body }) => [
    ...imageErrors(body, 'kubelet image'),
    ...protectedKubeletFields
      .filter((field) => Object.hasOwn(mapping(body['config']), field))
      .map((field) => `kubelet configuration field "${field}" can't be overridden`),
  ],
};

function isEmpty(value: unknown): boolean {
  return Object.keys(mapping(value)).length === 0;
}

function imageErrors(body: Mapping, what: string): string[] {
  return text(body['image']) === '' ? [`${what} cannot be empty`] : [];
}

function resourceErrors(body: Mapping): string[] {
  const why = resourcesError(mapping(body['resources']));
  return why === undefined ? [] : [why];
}

function podErrors(body: Mapping, what: string): string[] {
  return body['enabled'] === false ? [] : [...imageErrors(body, what), ...resourceErrors(body)];
}

/** Arguments of the API server that have a document of their own. */
const denied: readonly (readonly [prefix: string, instead: string])[] = [
  ['anonymous-auth', 'KubeAuthenticationConfig'],
  ['authentication-config', 'KubeAuthenticationConfig'],
  ['authorization-config', 'KubeAuthorizationConfig'],
  ['authorization-mode', 'KubeAuthorizationConfig'],
  ['authorization-webhook-', 'KubeAuthorizationConfig'],
  ['oidc-', 'KubeAuthenticationConfig'],
];

function argumentErrors(args: Mapping): string[] {
  return denied.flatMap(([prefix, instead]) =>
    Object.keys(args)
      .filter((arg) => arg.startsWith(prefix))
      .map((arg) => `kube-apiserver extra argument ${quote(arg)} is not allowed: use ${instead}`),
  );
}

function nameErrors(name: string, what: string): string[] {
  if (name === '') return [`${what} is required`];
  const why = subdomainObjection(name);
  return why === undefined ? [] : [`${what} is invalid: ${why}`];
}

function manifestUrlErrors(url: string): string[] {
  if (url === '') return ['manifest URL is required'];
  const parsed = parseUrl(url);
  const scheme = typeof parsed === 'string' ? '' : parsed.scheme;
  return ['http', 'https'].includes(scheme)
    ? []
    : [`manifest URL scheme must be http or https: ${quote(scheme)}`];
}

function nodeErrors({ body }: ConfigDocument): string[] {
  const wrong = list(mapping(body['nodeIP'])['validSubnets'])
    .map(text)
    .filter((subnet) => !isSubnetOrAddress(subnet));
  const wrapped = (what: string, errors: readonly string[]): string[] =>
    errors.length > 0 ? [`invalid node ${what}: ${listErrors(errors)}`] : [];
  const texts = (field: string): Record<string, string> =>
    mapping(body[field]) as Record<string, string>;
  return [
    ...wrong.map((subnet) => `nodeIP subnet is not valid: ${quote(subnet.replace(/^!/, ''))}`),
    ...wrapped('labels', labelErrors(texts('labels'))),
    ...wrapped('annotations', annotationErrors(texts('annotations'))),
    ...wrapped('taints', taintErrors(texts('taints'))),
  ];
}

function issuerErrors(issuer: Mapping): string[] {
  const key = text(issuer['privateKey']);
  const errors: string[] = [];
  if (key === '') errors.push('service issuer private key is required');
  else if (!isPrivateKey(key)) {
    errors.push('service issuer private key is invalid: failed to parse PEM block');
  }
  if (text(issuer['issuerURL']) === '') errors.push('service issuer URL is required');
  return errors;
}

function authorityErrors(body: Mapping, isRequired: boolean): string[] {
  const issuing = body['issuingCA'];
  const missing = isRequired ? ['issuing CA is not set'] : [];
  const why = issuing === undefined ? undefined : pairObjection(mapping(issuing), true);
  return [
    ...(issuing === undefined ? missing : []),
    ...(why === undefined ? [] : [`issuing CA: ${why}`]),
    ...list(body['acceptedCAs']).flatMap((authority, index) => {
      const objection = pemObjection(text(authority), 'CERTIFICATE');
      return objection === undefined ? [] : [`accepted CA #${index}: ${objection}`];
    }),
  ];
}
