import { agent } from './agent.js';
import { accounts } from './accounts.js';
import { configMap } from './config-map.js';
import { envoy } from './envoy.js';
import { gateway } from './gateway.js';
import { hubble } from './hubble.js';
import { operator } from './operator.js';
import { checks } from './checks.js';
import { schema } from './schema.js';
import { values } from './values.js';

/**
 * The files of a small stand-in for the Cilium chart (path in the archive → content). It renders
 * the objects, names, labels, settings and refusals of the real chart that a cluster's owner
 * meets; what only matters inside of a real pod is left out.
 */
export function ciliumChart(version: string): Map<string, string> {
  const files: Record<string, string> = {
    'Chart.yaml': metadata(version),
    'values.yaml': values(version),
    'values.schema.json': `${JSON.stringify(schema, undefined, 2)}\n`,
    'templates/NOTES.txt': notes,
    'templates/validate.yaml': checks,
    'templates/cilium-configmap.yaml': configMap,
    ...accounts,
    ...agent,
    ...envoy,
    ...operator,
    ...hubble,
    ...gateway,
  };
  return new Map(Object.entries(files).map(([path, content]) => [`cilium/${path}`, content]));
}

function metadata(version: string): string {
  return `apiVersion: v2
name: cilium
version: ${version}
appVersion: ${version}
kubeVersion: ">= 1.21.0-0"
description: A stand-in for the Cilium chart, for rehearsals
type: application
home: https://cilium.io/
icon: https://cdn.jsdelivr.net/gh/cilium/cilium@main/Documentation/images/logo-solo.svg
`;
}

const notes = `You have successfully installed {{ title .Chart.Name }}{{ if .Values.hubble.enabled }} with Hubble{{ end }}.

Your release version is {{ .Chart.Version }}.
`;
