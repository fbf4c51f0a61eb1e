import {
  forgetRequest,
  requestedBy,
  requests,
  servingSigner,
  verdictOf,
} from '../kubelets/serving.js';
import { listOr, objectOr, stringOr, valueAt } from '../json.js';
import { timestamp, type KubeObject } from '../objects.js';
import { leaderOf } from '../programs/running.js';
import type { KubeState } from '../state.js';

/** Kubernetes source, pkg/controller/certificates/cleaner: requests are looked at every hour. */
const cleanMs = 3_600_000;
const keptHours = { decided: 1, pending: 24 };
const cleaning = 'certificates/clean';

/** Signs what was approved for kubelets, and throws old requests away. */
export function signCertificates(state: KubeState): void {
  if (state.store.size(requests) === 0) return;
  const isDue = state.timers.fires(cleaning, state.now);
  for (const request of state.store.list(requests)) {
    if (!isDue || !isOld(state, request)) {
      sign(state, request);
      continue;
    }
    forgetRequest(state, request.metadata.name);
    state.store.remove(requests, request);
  }
  if (state.store.size(requests) > 0) state.timers.start(cleaning, state.now + cleanMs);
}

function isOld({ now }: KubeState, request: KubeObject): boolean {
  const hours = verdictOf(request) === undefined ? keptHours.pending : keptHours.decided;
  return Date.parse(request.metadata.creationTimestamp) <= now - hours * 3_600_000;
}

/** What stands in the place of a certificate: nobody could use one. */
const placeholder = Buffer.from(
  `-----BEGIN CERTIFICATE-----\n${Buffer.from('the sandbox signs no certificates').toString('base64')}\n-----END CERTIFICATE-----\n`,
).toString('base64');

function sign(state: KubeState, request: KubeObject): void {
  const isOwn = valueAt(request.spec, ['signerName']) === servingSigner;
  const status = objectOr(request.status);
  if (!isOwn || verdictOf(request) !== 'Approved' || status['certificate'] !== undefined) return;
  state.store.put(requests, { ...request, status: { ...status, certificate: placeholder } });
}

/** What talos-cloud-controller-manager v1.12.0 approves (pkg/certificatesigningrequest and pkg/talos/helper.go). */
export function approveCertificates(state: KubeState): void {
  if (state.store.size(requests) === 0) return;
  const leader = leaderOf(state, 'talos-ccm');
  if (!leader || !approves(leader.record.args)) return;
  for (const request of state.store.list(requests)) {
    const { signerName, username } = objectOr(request.spec);
    const node = /^system:node:(.+)$/.exec(stringOr(username))?.[1];
    if (signerName !== servingSigner || node === undefined) continue;
    if (verdictOf(request) === undefined && isTrue(state, node, request)) approve(state, request);
  }
}

function approves(args: readonly string[]): boolean {
  const controllers = args.find((item) => item.startsWith('--controllers='))?.slice(14) ?? '*';
  const names = controllers.split(',');
  return names.includes('node-csr-approval') || names.includes('*');
}

/** The node has all addresses that are asked for. */
function isTrue(state: KubeState, name: string, request: KubeObject): boolean {
  const asked = requestedBy(state, request.metadata.name);
  const node = state.store.get('nodes', name);
  const own = node?.status.addresses.map(({ address }) => address);
  return asked?.every((address) => own?.includes(address)) ?? false;
}

function approve(state: KubeState, request: KubeObject): void {
  const status = objectOr(request.status);
  const time = timestamp(state.now);
  const condition = {
    ...{ type: 'Approved', status: 'True' },
    reason: 'Approved by TalosCloudControllerManager',
    message: 'This CSR was approved by Talos Cloud Controller Manager',
    ...{ lastUpdateTime: time, lastTransitionTime: time },
  };
  const conditions = [...listOr(status['conditions']), condition];
  state.store.put(requests, { ...request, status: { ...status, conditions } });
}
