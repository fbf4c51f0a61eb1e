import { join } from 'node:path';
import { parse } from 'yaml';
import { createCertificate, yearMs } from '../pki.js';
import { minorOf } from '../talos/machine-config/versions.js';
import { listErrors } from '../talos/machine-config/multi-error.js';
import { encodeConfig, encodeYaml } from '../talos/machine-config/encode.js';
import { type ConfigPatch } from '../talos/machine-config/patch.js';
import { CommandError, type CommandInvocation, type CommandSpec } from './command.js';
import { contractOf, defaultKubernetesOf } from './contract.js';
import { demandNewFile, readText, writeText } from './files.js';
import { generateConfig, type ConfigInput } from './generate.js';
import { loadPatches, patchedConfig } from './patches.js';
import { createSecrets, secretsObjection, type SecretsBundle } from './secrets-bundle.js';

const outputTypes = ['controlplane', 'worker', 'talosconfig'] as const;
type OutputType = (typeof outputTypes)[number];

/** `talosctl gen config`; comments and examples are not written, whatever the flags say. */
export const genConfig: CommandSpec = {
  name: 'config',
  usage: '<cluster name> <cluster endpoint>',
  args: { kind: 'exact', count: 2 },
  flags: [
    { name: 'install-disk', kind: 'string', default: '/dev/sda' },
    { name: 'install-image', kind: 'string' },
    { name: 'additional-sans', kind: 'list' },
    { name: 'dns-domain', kind: 'string', default: 'cluster.local' },
    { name: 'version', kind: 'string', default: 'v1alpha1' },
    { name: 'talos-version', kind: 'string' },
    { name: 'kubernetes-version', kind: 'string' },
    { name: 'config-patch', kind: 'repeated' },
    { name: 'config-patch-control-plane', kind: 'repeated' },
    { name: 'config-patch-worker', kind: 'repeated' },
    { name: 'registry-mirror', kind: 'list' },
    { name: 'with-examples', kind: 'bool', default: true },
    { name: 'with-docs', kind: 'bool', default: true },
    { name: 'with-cluster-discovery', kind: 'bool', default: true },
    { name: 'with-kubespan', kind: 'bool' },
    { name: 'with-secrets', kind: 'string' },
    { name: 'output-types', short: 't', kind: 'list', default: outputTypes },
    { name: 'output', short: 'o', kind: 'string' },
    { name: 'output-dir', kind: 'string' },
  ],
  async run(invocation) {
    const [clusterName = '', endpoint = ''] = invocation.args;
    checkEndpoint(endpoint);
    const layout = invocation.text('version');
    if (layout !== 'v1alpha1') throw new CommandError(`unknown config version: "${layout}"`);
    const wanted = checkedTypes(invocation);
    const input = await inputOf(invocation, clusterName, endpoint);
    const patches = {
      common: patchesOf(invocation, 'config-patch'),
      controlplane: patchesOf(invocation, 'config-patch-control-plane'),
      worker: patchesOf(invocation, 'config-patch-worker'),
    };
    invocation.printError('generating PKI and tokens');
    // Both roles are patched, whichever is written: a patch that fits one only is an error.
    const patched = (role: 'controlplane' | 'worker') =>
      patchedConfig(generateConfig(input, role), role, [...patches.common, ...patches[role]]);
    const configs = { controlplane: patched('controlplane'), worker: patched('worker') };
    for (const type of wanted) {
      const data =
        type === 'talosconfig'
          ? await talosconfig(input, invocation.io.now())
          : encodeConfig(configs[type], invocation.io.version);
      write(invocation, destination(invocation, type, wanted.length), data);
    }
  },
};

async function inputOf(
  invocation: CommandInvocation,
  clusterName: string,
  endpoint: string,
): Promise<ConfigInput> {
  const { io } = invocation;
  const contract = contractOf(invocation.text('talos-version'), io.version);
  const kubernetes = invocation.text('kubernetes-version') || defaultKubernetesOf(io.version);
  return {
    clusterName,
    endpoint,
    contract,
    secrets: await secretsFor(invocation),
    kubernetesVersion: kubernetes.replace(/^v/, ''),
    installDisk: invocation.text('install-disk'),
    installImage:
      invocation.text('install-image') ||
      `${installerOf(io.version)}:${io.env['TAG'] ?? io.version}`,
    additionalSans: invocation.list('additional-sans'),
    dnsDomain: invocation.text('dns-domain'),
    discovery: invocation.isSet('with-cluster-discovery'),
    kubespan: invocation.isSet('with-kubespan'),
    registryMirrors: invocation.list('registry-mirror').map(splitMirror),
  };
}

/** Since Talos 1.14 the installer is made by the image factory. */
function installerOf(version: string): string {
  const plain = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba';
  return minorOf(version) >= 14
    ? `factory.talos.dev/metal-installer/${plain}`
    : 'ghcr.io/siderolabs/installer';
}

function splitMirror(spec: string): { host: string; endpoint: string } {
  const equals = spec.indexOf('=');
  if (equals < 0) throw new CommandError(`invalid registry mirror spec: "${spec}"`);
  return { host: spec.slice(0, equals), endpoint: spec.slice(equals + 1) };
}

async function secretsFor(invocation: CommandInvocation): Promise<SecretsBundle> {
  const file = invocation.text('with-secrets');
  if (file === '') return createSecrets(invocation.io);
  let bundle: Partial<SecretsBundle>;
  try {
    bundle = (parse(readText(invocation, file)) ?? {}) as Partial<SecretsBundle>;
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new CommandError(`failed to load secrets bundle: ${why}`);
  }
  const objection = secretsObjection(bundle);
  if (objection !== undefined) {
    throw new CommandError(`failed to validate secrets bundle: ${objection}`);
  }
  return bundle as SecretsBundle;
}

function patchesOf(invocation: CommandInvocation, flag: string): ConfigPatch[] {
  try {
    return loadPatches(invocation, invocation.list(flag));
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new CommandError(`error parsing config JSON patch: ${why}`);
  }
}

function checkEndpoint(endpoint: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(endpoint)?.[1];
  if (scheme === 'https' && URL.canParse(endpoint)) return;
  const host = endpoint.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const hasPort = /:\d+$/.test(host);
  const attempt = `try: "https://${host}${hasPort ? '' : ':6443'}"`;
  if (scheme !== undefined) {
    throw new CommandError(
      `the control plane endpoint URL should have scheme https://\n${attempt}`,
    );
  }
  const missing = hasPort ? 'scheme' : 'scheme and port';
  throw new CommandError(`no ${missing} specified for the cluster endpoint URL\n${attempt}`);
}

function checkedTypes(invocation: CommandInvocation): OutputType[] {
  const wanted = invocation.list('output-types');
  if (wanted.length === 0) throw new CommandError('at least one output type must be specified');
  const output = invocation.text('output');
  if (wanted.length > 1 && output === '-') {
    throw new CommandError("can't use multiple output types with stdout");
  }
  if (output !== '' && invocation.text('output-dir') !== '') {
    throw new CommandError("can't use both output-dir and output");
  }
  const known: readonly string[] = outputTypes;
  const unknown = wanted.filter((type) => !known.includes(type));
  if (unknown.length > 0) {
    throw new CommandError(listErrors(unknown.map((type) => `invalid output type: "${type}"`)));
  }
  return outputTypes.filter((type) => wanted.includes(type));
}

function destination(invocation: CommandInvocation, type: OutputType, count: number): string {
  const output = invocation.text('output');
  if (output === '-') return '-';
  const file = type === 'talosconfig' ? type : `${type}.yaml`;
  const folder = invocation.text('output-dir');
  if (folder !== '') return join(folder, file);
  if (output === '') return join(invocation.io.cwd, file);
  return count === 1 ? output : join(output, file);
}

function write(invocation: CommandInvocation, path: string, data: string): void {
  if (path === '-') {
    invocation.stdout += data;
    return;
  }
  demandNewFile(invocation, path);
  writeText(invocation, path, { data, mode: 0o644 });
  invocation.printError(`Created ${path}`);
}

/** The administrator's talosconfig: a new client certificate of one year each time. */
async function talosconfig({ clusterName, secrets }: ConfigInput, now: number): Promise<string> {
  const { os } = secrets.certs;
  const { crt, key } = await createCertificate({
    issuer: { crt: decode(os.crt), key: decode(os.key) },
    subject: { organizations: ['os:admin'] },
    usage: 'client',
    notBefore: now,
    lifetimeMs: yearMs,
  });
  const context = { endpoints: [], ca: os.crt, crt: base64(crt), key: base64(key) };
  return encodeYaml({ context: clusterName, contexts: { [clusterName]: context } });
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
