import { minorOf } from '../talos/machine-config/versions.js';
import { CommandError } from './command.js';

/** The Kubernetes that each Talos minor installs when nobody says otherwise. */
const defaultKubernetes: Readonly<Record<number, string>> = {
  8: '1.31.5',
  9: '1.32.7',
  10: '1.33.6',
  11: '1.34.1',
  12: '1.35.4',
  13: '1.36.3',
  14: '1.37.0-rc.0',
};

/** The minor of the Talos version whose layout is wanted; `--talos-version` or the tool's own. */
export function contractOf(wanted: string, toolVersion: string): number {
  if (wanted === '') return minorOf(toolVersion);
  const version = `v${wanted.replace(/^v/, '')}`;
  if (!/^v\d+\.\d+($|\.)/.test(version)) {
    throw new CommandError(`invalid talos-version: error parsing version "${version}"`);
  }
  return minorOf(version);
}

export function defaultKubernetesOf(toolVersion: string): string {
  return defaultKubernetes[minorOf(toolVersion)] ?? '1.36.3';
}
