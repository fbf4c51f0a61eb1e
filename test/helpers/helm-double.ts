import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { chartArchive } from '../../src/sandbox/downloads/chart-repository.js';
import type { Invocation } from '../../src/tools/exec.js';
import { optionOf, reach, type KubeRequest } from './kube-access.js';
import { done, failed, type DoublesOptions, type Ending } from './tool-doubles.js';

export interface Release {
  readonly revision: number;
  readonly status: string;
  /** When its newest change began. */
  readonly began: string;
  readonly version: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const namespace = '/api/v1/namespaces/kube-system';
const apps = '/apis/apps/v1/namespaces/kube-system';

/** The calls of helm that oxide makes, for the one chart that it installs. */
export async function helm(options: DoublesOptions, call: Invocation): Promise<Ending> {
  const { args } = call;
  if (args[0] === 'version') return done('v4.2.3');
  if (args[0] === 'pull') return await pull(args);
  const request = await reach(options, args);
  if (typeof request !== 'function') return request;
  const release = readRelease(request);
  if (args[0] === 'upgrade') return upgrade(request, args, release);
  if (!release) return failed('Error: release: not found\n');
  if (args[0] === 'status') {
    const { revision, status, began } = release;
    return done(JSON.stringify({ version: revision, info: { status, last_deployed: began } }));
  }
  if (args[1] === 'metadata') {
    const { version, status } = release;
    return done(JSON.stringify({ chart: 'cilium', version, status }));
  }
  if (args[1] === 'values') return done(JSON.stringify(release.values));
  if (args[0] === 'uninstall') {
    forget(request);
    return done();
  }
  if (args[0] === 'rollback') {
    writeRelease(request, { ...release, status: 'deployed', revision: release.revision + 1 });
    return done();
  }
  throw new Error(`the double of helm does not know: ${args.join(' ')}`);
}

async function pull(args: readonly string[]): Promise<Ending> {
  const version = optionOf(args, '--version') ?? '';
  const archive = await chartArchive(`cilium-${version}.tgz`);
  if (!archive) return failed(`Error: chart "cilium" version "${version}" not found\n`);
  writeFileSync(join(optionOf(args, '--destination') ?? '', `cilium-${version}.tgz`), archive);
  return done();
}

/** Of an archive its name says it; tests put nothing but the version into other files. */
function versionIn(chart: string): string {
  return /cilium-(.+)\.tgz$/.exec(chart)?.[1] ?? readFileSync(chart, 'utf8');
}

function upgrade(
  request: KubeRequest,
  args: readonly string[],
  present: Release | undefined,
): Ending {
  if (present?.status.startsWith('pending')) {
    return failed(
      'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n',
    );
  }
  const values = JSON.parse(
    readFileSync(optionOf(args, '--values') ?? '', 'utf8'),
  ) as Release['values'];
  const version = versionIn(args[2] ?? '');
  const revision = (present?.revision ?? 0) + 1;
  const began = new Date().toISOString();
  writeRelease(request, { revision, status: 'pending-install', began, version, values });
  for (const object of workloads(values)) {
    const path = `${apps}/${object.kind.toLowerCase()}s/${object.metadata.name}`;
    const query = `fieldManager=helm&force=${String(args.includes('--force-conflicts'))}`;
    const answer = request('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
    if (answer.status >= 300) {
      writeRelease(request, { revision, status: 'failed', began, version, values });
      const what = `kube-system/${object.metadata.name} apps/v1, Kind=${object.kind}`;
      const why = `conflict occurred while applying object ${what}: ${String(answer.body['message'])}`;
      return failed(`Error: UPGRADE FAILED: ${why}\n`);
    }
  }
  writeRelease(request, { revision, status: 'deployed', began, version, values });
  return done();
}

function workloads(values: Release['values']) {
  const { replicas = 1 } = (values['operator'] ?? {}) as { replicas?: number };
  const template = (app: string) => ({
    metadata: { labels: { app } },
    spec: {
      hostNetwork: true,
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: app, image: `example.test/${app}:1` }],
    },
  });
  const object = (kind: string, app: string, spec: object) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: app, namespace: 'kube-system' },
    spec: { ...spec, selector: { matchLabels: { app } }, template: template(app) },
  });
  return [object('DaemonSet', 'cilium', {}), object('Deployment', 'cilium-operator', { replicas })];
}

/** As helm keeps it, of which a status reads it: compressed JSON in base64, a Secret a revision. */
function secretOf({ revision, status, version, values, began }: Release) {
  const release = {
    ...{ name: 'cilium', namespace: 'kube-system', version: revision },
    info: { status, last_deployed: began },
    chart: { metadata: { name: 'cilium', version } },
    config: values,
  };
  const packed = gzipSync(JSON.stringify(release)).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: {
      name: `sh.helm.release.v1.cilium.v${revision}`,
      namespace: 'kube-system',
      labels: { owner: 'helm', name: 'cilium', status, version: String(revision) },
    },
    data: { release: Buffer.from(packed).toString('base64') },
  };
}

interface Kept {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: { readonly release: string };
}

function keptRevisions(request: KubeRequest): readonly Kept[] {
  const items = request('GET', `${namespace}/secrets`).body['items'] as Kept[];
  return items.filter(({ metadata }) => metadata.labels?.['owner'] === 'helm');
}

/** The newest revision. */
export function readRelease(request: KubeRequest): Release | undefined {
  const newest = keptRevisions(request)
    .map(({ metadata, data }) => ({ revision: Number(metadata.labels?.['version']), data }))
    .sort((a, b) => b.revision - a.revision)[0];
  if (!newest?.data) return undefined;
  const packed = Buffer.from(Buffer.from(newest.data.release, 'base64').toString(), 'base64');
  const { info, chart, config } = JSON.parse(gunzipSync(packed).toString()) as {
    info: { status: string; last_deployed: string };
    chart: { metadata: { version: string } };
    config: Release['values'];
  };
  return {
    revision: newest.revision,
    status: info.status,
    began: info.last_deployed,
    version: chart.metadata.version,
    values: config,
  };
}

/** Keeps a revision, or changes it. */
export function writeRelease(request: KubeRequest, release: Release): void {
  const secret = secretOf(release);
  request(
    'PATCH',
    `${namespace}/secrets/${secret.metadata.name}?fieldManager=helm&force=true`,
    secret,
    'application/apply-patch+yaml',
  );
}

function forget(request: KubeRequest): void {
  for (const { metadata } of keptRevisions(request)) {
    request('DELETE', `${namespace}/secrets/${metadata.name}`);
  }
}
