import type { Addon } from '../../addons/addon.js';
import { addonTable } from '../../addons/table.js';
import { brokenCharts, chartPins, type ChartPin } from '../../cluster/talos/pins.js';
import { defaultAddons } from '../../config/addon-defaults.js';
import { markdownTable } from '../../lib/markdown-table.js';

const intro = `# Addons

What oxide installs in Kubernetes beside what Talos brings. Each is a section of \`addons\` in \`cluster.yaml\`
([reference](configuration.md#addons)): \`enabled\` switches it on, \`version\` names another version of its chart, \`values\` are
merged into oxide's last, and \`chart\` names a mirror, an OCI URL or a path. Values that Talos or Hetzner need stay oxide's,
and a run says which it did not take. [Operations](operations.md#addons) tells how they are applied, repaired and removed.

An addon is core when a cluster is of no use without it: its failure ends the run. Any other that fails is a warning with the
reason, and exit code 5.

This page is generated from the table of addons (\`src/addons/\`).
`;

const own = `## Charts of your own

\`\`\`yaml
addons:
  charts:
    - name: podinfo
      repository: https://stefanprodan.github.io/podinfo
      chart: podinfo
      version: 6.9.2
      namespace: web
      values_file: podinfo.yaml
    - name: mine
      chart: charts/mine
\`\`\`

They are installed after all others, from a repository, an OCI registry (\`chart: oci://…\`) or a path beside \`cluster.yaml\`. They work when
every Deployment, DaemonSet and StatefulSet of their release does. What fails is a warning. A chart on this machine has no
version that oxide could compare: \`oxide addons apply NAME\` installs it again. One that is taken out of the file stays in the
cluster. In a rehearsal, those from the internet are left out.
`;

const manifests = `## Manifests of your own

\`\`\`yaml
addons:
  manifests:
    - manifests/shop.yaml
    - https://raw.githubusercontent.com/example/shop/v1.2.3/install.yaml
\`\`\`

They are applied as they are after all addons, one after the other, by the server and with oxide as the owner of the fields: files beside
\`cluster.yaml\`, or URLs, of which at most 4 MiB are read, over https only. The plan of \`oxide create\` and \`oxide addons apply\` has each
that is new or whose text has changed since, also where a URL leads; its name is what \`cluster.yaml\` calls it. The cluster keeps the
SHA-256 of each text and which objects were in it, so a Secret in a manifest makes its digest no secret: keep long random ones. A manifest
works when its Deployments, DaemonSets and StatefulSets do; what somebody changed in the cluster is put back by \`oxide addons apply NAME\`.

A manifest that fails is a warning with the reason, and exit code 5. An object whose webhook does not answer yet, as that of cert-manager
soon after its installation, and one whose kind the same manifest brings are tried again. Objects that a new text does not have any more
stay. A manifest that is taken out of the file stays as well: \`oxide status\` names it and what it has made, and
\`oxide addons remove NAME\` deletes that after a question. In a rehearsal, those from the internet are left out.
`;

/** docs/addons.md: what each addon is for, what it costs, how it is switched on and what it needs. */
export function renderAddonsPage(): string {
  const rows = addonTable.map((addon) => [
    `[${addon.name}](#${addon.name})`,
    addon.core ? 'core' : '',
    switchText(addon),
    versionText(addon),
  ]);
  const table = markdownTable([['Addon', 'Kind', 'Unless told', 'Version'], ...rows]);
  return [intro, table, ...addonTable.map(sectionOf), own, manifests].join('\n');
}

function switchText(addon: Addon): string {
  if (!isSwitched(addon)) return 'always there';
  return defaultAddons.includes(addon.key) ? 'on' : 'off';
}

function versionText(addon: Addon): string {
  const pin = pinOf(addon);
  return pin ? pin.version : 'that of `cilium.version`';
}

function sectionOf(addon: Addon): string {
  const { name, title, about, needs } = addon;
  const rows = [
    ['For', about.purpose],
    ['Costs', about.cost],
    ['Switched on', howOf(addon)],
    ['Needs', needsText(addon, needs)],
    ['Chart', chartText(addon)],
    ...brokenRows(addon),
    ...(about.stays === undefined ? [] : [['Removed', about.stays]]),
  ];
  const list = rows.map(([what = '', text = '']) => `- **${what}**: ${text}`).join('\n');
  return `## ${name}\n\n${capital(title)}. ${about.remarks}\n\n${list}\n`;
}

function howOf(addon: Addon): string {
  if (!isSwitched(addon)) return 'always there';
  const isOn = defaultAddons.includes(addon.key);
  const enabled = `\`addons: { ${addon.key}: { enabled: ${String(!isOn)} } }\``;
  return isOn ? `unless told; off with ${enabled}` : enabled;
}

function needsText(addon: Addon, needs: readonly string[]): string {
  const token = addon.kind === 'chart' && addon.usesToken ? ["Hetzner's token in the cluster"] : [];
  const machine = addon.kind === 'chart' ? addon.machine : undefined;
  const nodes = machine ? [`nodes that were made with it (${machine.what})`] : [];
  return [...needs, ...token, ...nodes].join(', ') || 'nothing';
}

function chartText(addon: Addon): string {
  const pin = pinOf(addon);
  if (!pin)
    return addon.kind === 'chart' ? '`cilium` of https://helm.cilium.io' : 'none: a manifest';
  const { chart, version, repository, kubernetes } = pin;
  const range = kubernetes === undefined ? '' : `; for Kubernetes ${rangeText(kubernetes)}`;
  return `\`${chart}\` ${version} of ${repository}${range}`;
}

function brokenRows(addon: Addon): readonly (readonly string[])[] {
  const broken = Object.entries(brokenCharts).find(
    ([key]) => isSwitched(addon) && addon.key === key,
  );
  return broken ? [['Refused', `before ${broken[1].fixed}: ${broken[1].reason}`]] : [];
}

function rangeText({ min, max }: NonNullable<ChartPin['kubernetes']>): string {
  return max === 99 ? `1.${min} and later` : `1.${min} to 1.${max}`;
}

function pinOf(addon: Addon): ChartPin | undefined {
  return isSwitched(addon) ? chartPins[addon.key] : undefined;
}

function isSwitched(addon: Addon): addon is Addon & { readonly key: keyof typeof chartPins } {
  return addon.kind === 'chart' && addon.key !== undefined;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
