import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartArchive } from '../../src/sandbox/downloads/chart-repository.js';
import type { Invocation } from '../../src/tools/exec.js';
import { optionOf, reach, type KubeRequest } from './kube-access.js';
import { done, failed, type DoublesOptions, type Ending } from './tool-doubles.js';

interface Release {
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
  const release = read(request);
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
    request('DELETE', `${namespace}/configmaps/helm-double`);
    return done();
  }
  if (args[0] === 'rollback') {
    write(request, { ...release, status: 'deployed', revision: release.revision + 1 });
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
  write(request, { revision, status: 'pending-install', began, version, values });
  for (const object of workloads(values)) {
    const path = `${apps}/${object.kind.toLowerCase()}s/${object.metadata.name}`;
    const query = `fieldManager=helm&force=${String(args.includes('--force-conflicts'))}`;
    const answer = request('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
    if (answer.status >= 300) {
      write(request, { revision, status: 'failed', began, version, values });
      const what = `kube-system/${object.metadata.name} apps/v1, Kind=${object.kind}`;
      const why = `conflict occurred while applying object ${what}: ${String(answer.body['message'])}`;
      return failed(`Error: UPGRADE FAILED: ${why}\n`);
    }
  }
  write(request, { revision, status: 'deployed', began, version, values });
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

function read(request: KubeRequest): Release | undefined {
  const { status, body } = request('GET', `${namespace}/configmaps/helm-double`);
  if (status !== 200) return undefined;
  return JSON.parse((body['data'] as { release: string }).release) as Release;
}

function write(request: KubeRequest, release: Release): void {
  request(
    'PATCH',
    `${namespace}/configmaps/helm-double?fieldManager=helm&force=true`,
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'helm-double', namespace: 'kube-system' },
      data: { release: JSON.stringify(release) },
    },
    'application/apply-patch+yaml',
  );
}
