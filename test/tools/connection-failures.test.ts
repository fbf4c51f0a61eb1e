import { describe, expect, it } from 'vitest';
import { kubernetesObstacle } from '../../src/tools/kubectl.js';
import { talosObstacle } from '../../src/tools/talosctl.js';
import { recordedError, recordings } from './recordings.js';
import { toolError } from './tool-error.js';

/** What each of the recorded situations means for a wait, whichever tool met it. */
const prospects = {
  'not-yet': [
    'refused',
    'no-route',
    'unreachable',
    'says-nothing',
    'never-answers',
    'proxy-502',
    'proxy-503',
    'proxy-504',
  ],
  never: [
    ...['other-address', 'no-san', 'expired', 'other-authority', 'other-secrets', 'self-signed'],
    ...['plain-http', 'ssh', 'proxy-403', 'proxy-407'],
  ],
  unknown: ['not-yet-valid', 'closes', 'resets', 'dies', 'no-such-host'],
} as const;

const known = Object.entries(prospects).flatMap(([prospect, situations]) =>
  situations.flatMap((situation) =>
    recordings
      .filter(({ name }) => name.replace(/^nodes-/, '').replace(/-\d\.\d+$/, '') === situation)
      .map(({ tool, name }) => ({ tool, name, prospect })),
  ),
);

describe('a connection that is not there', () => {
  it.each(known)('$tool $name: $prospect', ({ tool, name, prospect }) => {
    const { connection } = recordedError(tool, name);
    expect(connection?.prospect).toBe(prospect);
    expect(connection?.hint).not.toBe('');
  });

  it('was met by each tool in most ways', () => {
    for (const tool of ['talosctl', 'kubectl', 'helm']) {
      expect(known.filter((one) => one.tool === tool).length).toBeGreaterThan(14);
    }
  });

  it.each([
    'forbidden',
    'not-found',
    'drain-budget',
    'drain-ending',
    'readyz-etcd',
    'wait-timeout',
  ])('is not what failed: kubectl %s', (name) => {
    expect(recordedError('kubectl', name).connection).toBeUndefined();
  });
});

describe('the Talos API', () => {
  it.each([
    ['refused', 'not-yet', 'connection refused: the Talos API is not up yet'],
    ['etcd-refused', 'not-yet', 'etcd does not run on the node yet'],
    ['etcd-members-refused', 'not-yet', 'etcd does not run on the node yet'],
    ['etcd-timeout', 'not-yet', 'etcd on the node does not answer yet'],
    ['etcd-deadline', 'not-yet', 'etcd on the node does not answer yet'],
    ['node-refused-etcd', 'not-yet', 'no answer from the node'],
    ['service-missing', 'not-yet', 'the node has not started etcd yet'],
    ['bootstrap-early', 'not-yet', 'the node is still starting its services'],
    ['bootstrap-time', 'not-yet', 'the node waits for the time to be in sync'],
    ['other-address', 'never', 'the Talos API: its certificate is for another address'],
    [
      'node-maintenance',
      'never',
      "the Talos API of 10.0.1.5: its certificate is not of the cluster's authority",
    ],
    ['proxy-403', 'never', 'the Talos API: a proxy forbids the connection'],
    ['plain-http', 'never', 'the Talos API: what answers there is something else'],
    [
      'client-expired-1.13',
      'never',
      'the Talos API: it refuses the client certificate, which has expired',
    ],
  ])('that answers with %s: %s, %s', (name, prospect, why) => {
    expect(talosObstacle(recordedError('talosctl', name))).toMatchObject({ prospect, why });
  });

  it.each(['not-authorized', 'bootstrap-worker', 'unknown-flag', 'patch-kind', 'no-nodes'])(
    'is not what is missing: %s',
    (name) => {
      expect(talosObstacle(recordedError('talosctl', name))).toBeUndefined();
    },
  );

  it('of which nothing was heard until the deadline has not answered', () => {
    expect(talosObstacle(toolError('', { timedOut: true }))).toMatchObject({
      prospect: 'not-yet',
      why: 'no answer from the node',
    });
  });
});

describe('the Kubernetes API', () => {
  it.each([
    ['other-address', 'never', /^Unable to connect to the server: tls: .+ not 127\.0\.0\.1$/],
    ['refused', 'not-yet', /^The connection to the server \S+ was refused/],
    ['readyz-etcd', 'unknown', /^not ready: etcd, etcd-readiness$/],
    ['forbidden', 'unknown', /^Error from server \(Forbidden\): nodes is forbidden/],
  ])('that answers with %s: %s', (name, prospect, why) => {
    const obstacle = kubernetesObstacle(recordedError('kubectl', name));
    expect(obstacle.prospect).toBe(prospect);
    expect(obstacle.why).toMatch(why);
  });
});
