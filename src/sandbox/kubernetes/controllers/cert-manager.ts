import { isObject, listOr, objectOr, stringOr, type JsonObject } from '../json.js';
import { withCondition, type Condition, type KubeObject } from '../objects.js';
import { leaderOf, type RunningProgram } from '../programs/running.js';
import type { KubeState } from '../state.js';

const configurations = ['mutating', 'validating'].map(
  (kind) => `${kind}webhookconfigurations.admissionregistration.k8s.io`,
);
const issuers = ['issuers.cert-manager.io', 'clusterissuers.cert-manager.io'];
/** What it looks at. */
export const certManagerKinds = [...configurations, ...issuers];
const injectFrom = 'cert-manager.io/inject-ca-from-secret';
const allowed = 'cert-manager.io/allow-direct-injection';

/** From a ready pod until what it does is done: it is elected, and reads what there is. Assumed. */
const startMs = 5_000;

/** What cert-manager's programs do that others wait for: the webhook's authority, and issuers that are ready. */
export function runCertManager(state: KubeState): void {
  if (state.containers.size === 0) return;
  const webhook = leaderOf(state, 'cert-manager-webhook');
  if (webhook) makeAuthority(state, webhook);
  if (leaderOf(state, 'cert-manager-cainjector')) injectAuthorities(state);
  if (leaderOf(state, 'cert-manager-controller')) readyIssuers(state);
}

/** The webhook makes an authority for itself (pkg/server/tls/authority). */
function makeAuthority(state: KubeState, { record }: RunningProgram): void {
  const flag = '--dynamic-serving-ca-secret-name=';
  const name = record.args.find((item) => item.startsWith(flag))?.slice(flag.length);
  const { namespace } = record;
  if (name === undefined || state.store.get('secrets', name, namespace)) return;
  const data = Object.fromEntries(
    ['ca.crt', 'tls.crt', 'tls.key'].map((key) => [key, placeholder]),
  );
  state.create<KubeObject>('secrets', {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data },
    metadata: { name, namespace, annotations: { [allowed]: 'true' } },
  });
}

/** Nobody looks at it: no traffic flows. */
const placeholder = Buffer.from('the sandbox makes no certificate here\n').toString('base64');

/** cainjector writes it into what asks for it (pkg/controller/cainjector). */
function injectAuthorities(state: KubeState): void {
  for (const resource of configurations) {
    for (const configuration of state.store.list(resource)) {
      const [namespace, name = ''] = (configuration.metadata.annotations?.[injectFrom] ?? '').split(
        '/',
      );
      const secret = state.store.get('secrets', name, namespace);
      if (secret?.metadata.annotations?.[allowed] !== 'true') continue;
      const caBundle = stringOr(objectOr(secret['data'])['ca.crt']);
      const injected = withAuthority(configuration, caBundle);
      if (injected)
        later(state, `inject/${configuration.metadata.uid}`, () => {
          state.store.put(resource, injected);
        });
    }
  }
}

function withAuthority(configuration: KubeObject, caBundle: string): KubeObject | undefined {
  const hooks = listOr(configuration['webhooks']).filter(isObject);
  const has = ({ clientConfig }: JsonObject): boolean =>
    objectOr(clientConfig)['caBundle'] === caBundle;
  if (hooks.every(has)) return undefined;
  const webhooks = hooks.map((hook) => ({
    ...hook,
    clientConfig: { ...objectOr(hook['clientConfig']), caBundle },
  }));
  return { ...configuration, webhooks };
}

function later(state: KubeState, timer: string, act: () => void): void {
  if (state.timers.fires(timer, state.now)) act();
  else state.timers.start(timer, state.now + startMs);
}

/** Issuers that need nobody's answer are ready at once; an ACME account is registered with a server that always agrees. */
function readyIssuers(state: KubeState): void {
  for (const resource of issuers) {
    for (const issuer of state.store.list(resource)) {
      const status = objectOr(issuer.status);
      const conditions = listOr(status['conditions']) as readonly Condition[];
      const ready = readiness(issuer);
      if (!ready || conditions.some(({ type }) => type === 'Ready')) continue;
      later(state, `issuer/${issuer.metadata.uid}`, () => {
        const next = withCondition(conditions, ready, state.now);
        state.store.put(resource, { ...issuer, status: { ...status, conditions: next } });
      });
    }
  }
}

function readiness({ spec }: KubeObject): Condition | undefined {
  const { selfSigned, acme } = objectOr(spec);
  if (isObject(selfSigned)) return { type: 'Ready', status: 'True', reason: 'IsReady' };
  if (!isObject(acme)) return undefined;
  const message = 'The ACME account was registered with the ACME server';
  return { type: 'Ready', status: 'True', reason: 'ACMEAccountRegistered', message };
}
