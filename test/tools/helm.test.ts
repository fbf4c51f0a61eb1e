import { describe, expect, it } from 'vitest';
import * as helm from '../../src/tools/helm.js';
import { commandLine } from '../../src/tools/invocation.js';
import { withoutSecrets } from '../../src/tools/secrets-in-text.js';
import { recordedError } from './recordings.js';

const release = { name: 'cilium', namespace: 'kube-system' };
const where = '--kubeconfig out/kubeconfig --namespace kube-system';
const chart = { chart: 'cilium', version: 'v1.19.6' };

describe('helm is called', () => {
  it.each([
    [helm.clientVersion(), 'version --template {{.Version}}'],
    [
      helm.pull({ ...chart, from: 'https://helm.cilium.io' }, 'scratch'),
      'pull cilium --repo https://helm.cilium.io --version 1.19.6 --destination scratch',
    ],
    [
      helm.pull({ ...chart, from: 'oci://quay.io/cilium/charts/cilium' }, 'scratch'),
      'pull oci://quay.io/cilium/charts/cilium --version 1.19.6 --destination scratch',
    ],
    [
      helm.upgradeInstall('out/kubeconfig', release, { chart: 'c.tgz', values: 'v.yaml' }),
      `upgrade cilium c.tgz --install --values v.yaml --history-max 5 --timeout 5m ${where}`,
    ],
    [
      helm.upgradeInstall('out/kubeconfig', release, { chart: 'c', values: 'v', force: true }),
      `upgrade cilium c --install --values v --history-max 5 --timeout 5m --force-conflicts ${where}`,
    ],
    [helm.status('out/kubeconfig', release), `status cilium --output json ${where}`],
    [helm.getValues('out/kubeconfig', release), `get values cilium --output json ${where}`],
    [helm.getMetadata('out/kubeconfig', release), `get metadata cilium --output json ${where}`],
    [
      // Helm 3 shows only deployed and failed ones unless told (its source, pkg/action/list.go, 3.19).
      helm.list('out/kubeconfig'),
      'list --all-namespaces --deployed --failed --pending --uninstalling --max 0 --output json --kubeconfig out/kubeconfig',
    ],
    [helm.uninstall('out/kubeconfig', release), `uninstall cilium ${where}`],
    [helm.rollback('out/kubeconfig', release), `rollback cilium ${where}`],
  ])('%# as documented', (invocation, args) => {
    expect(invocation.tool).toBe('helm');
    expect(invocation.args.join(' ')).toBe(args);
    // Waiting for Cilium with helm is a deadlock, and undoing it removes the network.
    expect(args).not.toMatch(/--wait|--atomic|--rollback-on-failure/);
  });

  it.each([
    ['https://helm.cilium.io', true],
    ['http://127.0.0.1:8080/charts', true],
    ['oci://quay.io/cilium/charts/cilium', true],
    ['./charts/cilium', false],
    ['C:\\charts\\cilium.tgz', false],
  ])('with %s fetched: %s', (from, fetched) => {
    expect(helm.isChartUrl(from)).toBe(fetched);
  });
});

it('shows no password of a repository, in a call or in what helm says of it', () => {
  const from = 'https://ops:s3cret@charts.example.test/all';
  const shown = 'https://[redacted]@charts.example.test/all';
  expect(commandLine(helm.pull({ ...chart, from }, 'scratch'))).toContain(` ${shown} --version`);
  expect(
    commandLine(helm.pull({ ...chart, from: 'oci://quay.io/cilium@sha256:0' }, 's')),
  ).toContain('oci://quay.io/cilium@sha256:0');
  // As helm 3.18 and 4.2 say it.
  const said = `Error: looks like "${from}" is not a valid chart repository or cannot be reached: Get "https://ops:***@charts.example.test/all/index.yaml": dial tcp 127.0.0.1:1: connect: connection refused`;
  expect(withoutSecrets(said)).toBe(said.replace(from, shown).replace('ops:***', '[redacted]'));
});

describe('the answers of helm', () => {
  it.each([
    ['"last_deployed":"2026-11-27T07:03:31.488768109Z",', Date.UTC(2026, 10, 27, 7, 3, 31, 488)],
    ['"last_deployed":"2026-11-27T08:03:31.48+01:00",', Date.UTC(2026, 10, 27, 7, 3, 31, 480)],
    ['"last_deployed":"",', undefined],
    ['', undefined],
  ])('tell the state of a release, and since when: %s', (time, since) => {
    const json = `{"name":"cilium","info":{${time}"status":"pending-install"},"version":1}`;
    expect(helm.parseStatus(json)).toEqual({ status: 'pending-install', revision: 1, since });
  });

  it('tell the chart without a leading v', () => {
    // As helm 3.18.0 prints it, but for the v; 4.1.4 and 4.2.3 have labels and an applyMethod as well.
    const json =
      '{"name":"cilium","chart":"cilium","version":"v1.19.6","appVersion":"1.19.6","namespace":"kube-system","revision":1,"status":"deployed","deployedAt":"2026-11-29T02:54:18Z"}';
    const metadata = { chart: 'cilium', version: '1.19.6', status: 'deployed' };
    expect(helm.parseMetadata(json)).toEqual(metadata);
  });

  it('tell the values, or that there are none', () => {
    expect(helm.parseValues('{"a":{"b":1}}')).toEqual({ a: { b: 1 } });
    expect(helm.parseValues('null\n')).toEqual({});
  });

  it('that break off are an error', () => {
    expect(() => helm.parseStatus('{"info":{"sta')).toThrow('breaks off');
  });
});

describe('who has changed fields of a release', () => {
  it.each([
    ['one-conflict', ['kubectl-patch']],
    ['conflict', ['kubectl-patch', 'kubectl-set']],
    ['scale-conflict', ['kubectl']],
    ['quota', []],
    ['in-progress', []],
  ])('is told by the failure %s', (name, managers) => {
    expect(helm.foreignManagers(recordedError('helm', name))).toEqual(managers);
  });
});
