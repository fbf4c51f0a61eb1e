import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { runCli } from '../helpers/cli.js';
import { preparedFolder, snapshotYaml } from '../helpers/prepared-folder.js';

const supported = process.platform === 'linux' && process.arch === 'x64';
const section = `addons:
  gateway_api: { channel: experimental }
  hcloud_ccm: { enabled: true }
  hcloud_csi: { enabled: true, luks: true }
  talos_ccm: { enabled: false }
  metrics_server: { enabled: false }
  cert_manager:
    enabled: true
    issuers: [{ name: web, solver: cloudflare }]
  traefik: { enabled: true }
`;
/** With a kind of its own, which the API serves a moment later. */
const shop = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org }
spec:
  group: example.org
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object } }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: example.org/v1
kind: Widget
metadata: { name: one, namespace: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers: [{ name: shop, image: "nginx:1.29", volumeMounts: [{ name: data, mountPath: /data }] }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: hcloud-volumes-encrypted
  resources: { requests: { storage: 10Gi } }
`;

/** Taken by no cluster: nobody has made its namespace. */
const astray = `apiVersion: v1
kind: ConfigMap
metadata: { name: astray, namespace: nowhere }
data: {}
`;

async function run(cwd: string, ...args: readonly string[]) {
  const { code, stdout } = await runCli(['--sandbox', '--json', ...args], { cwd });
  return { code, document: JSON.parse(stdout) as Record<string, unknown> };
}

const states = (document: Record<string, unknown>) =>
  Object.fromEntries(
    (document['addons'] as { name: string; state: string }[]).map(({ name, state }) => [
      name,
      state,
    ]),
  );

test.runIf(supported)(
  'the life of addons with the real kubectl and helm: made, changed, not asked for any more, removed',
  { timeout: 240_000 },
  async () => {
    const cwd = await preparedFolder(snapshotYaml(1, 0, section));
    const file = join(cwd, 'cluster.yaml');
    const edit = (from: string | RegExp, to: string): void => {
      writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    };
    writeFileSync(join(cwd, 'shop.yaml'), shop);
    edit('traefik: {', 'manifests: [shop.yaml]\n  traefik: {');
    expect(await run(cwd, 'create')).toMatchObject({
      ...{ code: ExitCode.done, document: { failedAddons: [], differences: [] } },
    });
    writeFileSync(join(cwd, 'astray.yaml'), astray);
    edit('manifests: [', 'manifests: [astray.yaml, ');
    expect(await run(cwd, 'create')).toMatchObject({
      ...{ code: ExitCode.partial, document: { failedAddons: [{ name: 'astray.yaml' }] } },
    });
    edit('astray.yaml, ', '');
    expect(await run(cwd, 'create')).toMatchObject({
      ...{ code: ExitCode.done, document: { changed: false } },
    });
    edit('traefik: {', 'traefik: { values: { deployment: { replicas: 2 } },');
    writeFileSync(join(cwd, 'shop.yaml'), shop.replace('replicas: 1', 'replicas: 2'));
    const applied = await run(cwd, 'addons', 'apply');
    expect(applied).toMatchObject({
      code: ExitCode.done,
      document: { applied: ['traefik', 'shop.yaml'] },
    });
    expect(states(applied.document)).toEqual({
      ...{ 'gateway-api': 'works', cilium: 'works', 'hcloud-ccm': 'works', 'hcloud-csi': 'works' },
      ...{ 'cert-manager': 'works', traefik: 'works' },
      ...{ 'cert-manager/issuers': 'works', 'shop.yaml': 'works' },
    });
    edit(/ {2}traefik: .*\n/, '');
    edit(/ {2}manifests: .*\n/, '');
    const { document: status } = await run(cwd, 'status');
    expect(JSON.stringify(status['problems'])).toContain(
      'the manifest shop.yaml was applied, and cluster.yaml does not ask for it any more: CustomResourceDefinition widgets.example.org, Namespace shop, ',
    );
    expect(states(status)).toMatchObject({
      ...{ 'hcloud-ccm': 'works', traefik: 'surplus', 'shop.yaml': 'surplus' },
    });
    expect(await run(cwd, 'addons', 'remove', 'shop.yaml', '--yes')).toMatchObject({
      ...{ code: ExitCode.done, document: { removed: true } },
    });
    expect(await run(cwd, 'addons', 'remove', 'traefik', '--yes')).toMatchObject({
      ...{ code: ExitCode.done, document: { removed: true, left: [] } },
    });
    const listed = await run(cwd, 'addons');
    expect(listed).toMatchObject({ code: ExitCode.done });
    expect(Object.keys(states(listed.document))).toEqual([
      ...['gateway-api', 'cilium', 'hcloud-ccm', 'hcloud-csi', 'cert-manager'],
      'cert-manager/issuers',
    ]);
  },
);
