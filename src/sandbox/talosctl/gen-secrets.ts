import { decodeConfig } from '../talos/machine-config/decode.js';
import { encodeYaml } from '../talos/machine-config/encode.js';
import type { EncodedPair } from '../talos/machine-config/types.js';
import { CommandError, type CommandInvocation, type CommandSpec } from './command.js';
import { contractOf } from './contract.js';
import { demandNewFile, readText, writeText } from './files.js';
import { createSecrets, type SecretsBundle } from './secrets-bundle.js';

/** `talosctl gen secrets` */
export const genSecrets: CommandSpec = {
  name: 'secrets',
  flags: [
    { name: 'output-file', short: 'o', kind: 'string', default: 'secrets.yaml' },
    { name: 'talos-version', kind: 'string' },
    { name: 'from-controlplane-config', kind: 'string' },
    { name: 'from-kubernetes-pki', short: 'p', kind: 'string' },
    { name: 'kubernetes-bootstrap-token', short: 't', kind: 'string' },
  ],
  async run(invocation) {
    contractOf(invocation.text('talos-version'), invocation.io.version);
    if (invocation.text('from-kubernetes-pki') !== '') {
      throw new CommandError('--from-kubernetes-pki is not part of the sandbox');
    }
    const source = invocation.text('from-controlplane-config');
    const bundle =
      source === '' ? await createSecrets(invocation.io) : secretsFromConfig(invocation, source);
    const data = encodeYaml(bundle);
    const output = invocation.text('output-file');
    if (output === '-') {
      invocation.stdout += data;
      return;
    }
    demandNewFile(invocation, output);
    writeText(invocation, output, { data, mode: 0o600 });
  },
};

function secretsFromConfig(invocation: CommandInvocation, file: string): SecretsBundle {
  const { machine = {}, cluster = {} } =
    decodeConfig(readText(invocation, file), invocation.io.version).v1alpha1 ?? {};
  const secretbox = (cluster as { secretboxEncryptionSecret?: string }).secretboxEncryptionSecret;
  return {
    cluster: { id: cluster.id ?? '', secret: cluster.secret ?? '' },
    secrets: {
      bootstraptoken: cluster.token ?? '',
      secretboxencryptionsecret: secretbox ?? '',
    },
    trustdinfo: { token: machine.token ?? '' },
    certs: {
      etcd: complete(cluster.etcd?.ca),
      k8s: complete(cluster.ca),
      k8saggregator: complete(cluster.aggregatorCA),
      k8sserviceaccount: { key: cluster.serviceAccount?.key ?? '' },
      os: complete(machine.ca),
    },
  };
}

function complete({ crt = '', key = '' }: EncodedPair = {}): { crt: string; key: string } {
  return { crt, key };
}
