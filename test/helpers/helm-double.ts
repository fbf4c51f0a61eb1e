import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { chartArchive } from '../../src/sandbox/downloads/chart-repository.js';
import type { Invocation } from '../../src/tools/exec.js';
import { chartObjects, objectPath } from './chart-doubles.js';
import { optionOf, reach, type KubeRequest } from './kube-access.js';
import { done, failed, type DoublesOptions, type Ending } from './tool-doubles.js';

export interface Release {
  readonly name: string;
  readonly chart: string;
  readonly revision: number;
  readonly status: string;
  /** When its newest change began. */
  readonly began: string;
  readonly version: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const namespace = '/api/v1/namespaces/kube-system';

/** The calls of helm that oxide makes, for charts in kube-system. */
export async function helm(options: DoublesOptions, call: Invocation): Promise<Ending> {
  const { args } = call;
  if (args[0] === 'version') return done('v4.2.3');
  if (args[0] === 'pull') return await pull(args);
  const request = await reach(options, args);
  if (typeof request !== 'function') return request;
  if (args[0] === 'list') return list(request);
  const name = args[args[0] === 'get' ? 2 : 1] ?? '';
  const release = readRelease(request, name);
  if (args[0] === 'upgrade') return upgrade(request, args, release);
  if (!release) return failed('Error: release: not found\n');
  if (args[0] === 'status') {
    const { revision, status, began } = release;
    return done(JSON.stringify({ version: revision, info: { status, last_deployed: began } }));
  }
  if (args[1] === 'metadata') {
    const { chart, version, status } = release;
    return done(JSON.stringify({ chart, version, status }));
  }
  if (args[1] === 'values') return done(JSON.stringify(release.values));
  if (args[0] === 'uninstall') {
    forget(request, release);
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
  const [, chart = ''] = args;
  const file = await archiveOf(chart, version);
  if (!file) return failed(`Error: chart "${chart}" version "${version}" not found\n`);
  writeFileSync(join(optionOf(args, '--destination') ?? '', file.name), file.archive);
  return done();
}

/** Some repositories write a version with a leading v. */
async function archiveOf(chart: string, version: string) {
  const name = `${chart}-${version}.tgz`;
  const archive = await chartArchive(name);
  return archive && { name, archive };
}

/** Of an archive its name says it; tests put nothing but the version of Cilium into other files. */
function chartIn(path: string): { readonly chart: string; readonly version: string } {
  const [, chart, version] = /([^/\\]+?)-(\d[^/\\]*)\.tgz$/.exec(path) ?? [];
  if (chart !== undefined && version !== undefined) return { chart, version };
  return { chart: 'cilium', version: readFileSync(path, 'utf8') };
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
  const { chart, version } = chartIn(args[2] ?? '');
  const revision = (present?.revision ?? 0) + 1;
  const began = new Date().toISOString();
  const release = { ...{ name: args[1] ?? '', chart, revision, began, version, values } };
  writeRelease(request, { ...release, status: 'pending-install' });
  for (const object of chartObjects(chart, release)) {
    const query = `fieldManager=helm&force=${String(args.includes('--force-conflicts'))}`;
    const path = `${objectPath(object)}?${query}`;
    const answer = request('PATCH', path, object, 'application/apply-patch+yaml');
    if (answer.status >= 300) {
      writeRelease(request, { ...release, status: 'failed' });
      const what = `kube-system/${object.metadata.name} apps/v1, Kind=${object.kind}`;
      const why = `conflict occurred while applying object ${what}: ${String(answer.body['message'])}`;
      return failed(`Error: UPGRADE FAILED: ${why}\n`);
    }
  }
  writeRelease(request, { ...release, status: 'deployed' });
  return done();
}

/** As helm keeps it, of which a status reads it: compressed JSON in base64, a Secret a revision. */
function secretOf({ name, chart, revision, status, version, values, began }: Release) {
  const release = {
    ...{ name, namespace: 'kube-system', version: revision },
    info: { status, last_deployed: began },
    chart: { metadata: { name: chart, version } },
    config: values,
  };
  const packed = gzipSync(JSON.stringify(release)).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: {
      name: `sh.helm.release.v1.${name}.v${revision}`,
      namespace: 'kube-system',
      labels: { owner: 'helm', name, status, version: String(revision) },
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
export function readRelease(request: KubeRequest, name = 'cilium'): Release | undefined {
  const newest = keptRevisions(request)
    .filter(({ metadata }) => metadata.labels?.['name'] === name)
    .map(({ metadata, data }) => ({ revision: Number(metadata.labels?.['version']), data }))
    .sort((a, b) => b.revision - a.revision)[0];
  if (!newest?.data) return undefined;
  const packed = Buffer.from(Buffer.from(newest.data.release, 'base64').toString(), 'base64');
  const { info, chart, config } = JSON.parse(gunzipSync(packed).toString()) as {
    info: { status: string; last_deployed: string };
    chart: { metadata: { name: string; version: string } };
    config: Release['values'];
  };
  return {
    ...{ name, chart: chart.metadata.name },
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

/** As helm lists them: the newest revision of each. */
function list(request: KubeRequest): Ending {
  const names = keptRevisions(request).map(({ metadata }) => metadata.labels?.['name'] ?? '');
  const releases = [...new Set(names)].flatMap((name) => readRelease(request, name) ?? []);
  return done(
    JSON.stringify(
      releases.map(({ name, chart, version, status }) => ({
        ...{ name, namespace: 'kube-system', chart: `${chart}-${version}`, status },
      })),
    ),
  );
}

function forget(request: KubeRequest, { name, chart, version, values }: Release): void {
  for (const { metadata } of keptRevisions(request)) {
    if (metadata.labels?.['name'] !== name) continue;
    request('DELETE', `${namespace}/secrets/${metadata.name}`);
  }
  for (const object of chartObjects(chart, { version, values })) {
    request('DELETE', objectPath(object));
  }
}
