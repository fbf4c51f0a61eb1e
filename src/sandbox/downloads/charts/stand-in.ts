/** A release of a chart. */
export interface Release {
  readonly version: string;
  /** What the chart installs. */
  readonly appVersion: string;
}

/**
 * A small stand-in for a chart: the names, values, workloads and refusals of the real one that a
 * cluster's owner meets. Values that it does not know pass where they pass the real one.
 */
export interface StandIn {
  readonly name: string;
  /** The newest first. */
  readonly releases: readonly Release[];
  readonly values: string;
  /** By their names under `templates/`. */
  readonly templates: Readonly<Record<string, string>>;
  /** Definitions that helm installs once and never changes, by their names under `crds/`. */
  readonly definitions?: Readonly<Record<string, string>>;
  /** The JSON schema of the values; undefined where the real chart has none. */
  readonly schema?: object;
}

/** The files of a release (path in the archive → content). */
export function filesOf(chart: StandIn, release: Release): Map<string, string> {
  const { name, values, templates, definitions = {}, schema } = chart;
  const under = (folder: string, files: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]);
  const files = [
    ['Chart.yaml', metadata(name, release)],
    ['values.yaml', values],
    ...(schema ? [['values.schema.json', `${JSON.stringify(schema, undefined, 2)}\n`]] : []),
    ['templates/_helpers.tpl', helpers],
    ...under('templates', templates),
    ...under('crds', definitions),
  ] as const;
  return new Map(files.map(([path = '', content = '']) => [`${name}/${path}`, content]));
}

function metadata(name: string, { version, appVersion }: Release): string {
  return `apiVersion: v2
name: ${name}
version: ${version}
appVersion: ${appVersion}
description: A stand-in for the chart ${name}, for rehearsals
type: application
icon: https://helm.sh/img/helm.svg
`;
}

/** What most charts have: the release's name with the chart's, unless it holds that already. */
const helpers = `{{- define "name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "fullname" -}}
{{- $name := include "name" . -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride }}
{{- else if contains $name .Release.Name -}}{{ .Release.Name }}
{{- else -}}{{ .Release.Name }}-{{ $name }}
{{- end -}}
{{- end -}}
{{- define "selector" -}}
app.kubernetes.io/name: {{ include "name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- define "labels" -}}
{{ include "selector" . }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
{{- define "placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
`;
