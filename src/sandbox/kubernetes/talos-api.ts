import { withServerDefaults } from './defaults.js';
import type { KubeObject } from './objects.js';
import { fields, text, texts } from './schemas/schema.js';
import type { Draft, KubeState } from './state.js';
import type { Definition } from './stored-kinds.js';

/** Whom control planes let ask their Talos API from within Kubernetes. */
export interface TalosApiAccess {
  readonly roles: readonly string[];
  readonly namespaces: readonly string[];
}

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';
const name = 'serviceaccounts.talos.dev';
const memoryKey = 'talos/api-access';

/** What Talos puts into its cluster when a control plane offers its API there (k8stemplates/crds.go and talos.go). */
export function offerTalosApi(state: KubeState, access: TalosApiAccess): void {
  state.memory.set(memoryKey, JSON.stringify(access));
  if (!state.store.get(definitions, name)) state.create<Definition>(definitions, definition);
  if (state.store.get('services', 'talos', 'default')) return;
  state.create('services', withServerDefaults('Service', service, state) as Draft<KubeObject>);
}

export function talosApiAccess({ memory }: KubeState): TalosApiAccess | undefined {
  const saved = memory.get(memoryKey);
  return saved === undefined ? undefined : (JSON.parse(saved) as TalosApiAccess);
}

const definition: Draft<Definition> = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: {
    group: 'talos.dev',
    scope: 'Namespaced',
    names: {
      ...{ plural: 'serviceaccounts', singular: 'serviceaccount' },
      ...{ kind: 'ServiceAccount', shortNames: ['tsa'] },
    },
    versions: [
      {
        ...{ name: 'v1alpha1', served: true, storage: true },
        schema: {
          openAPIV3Schema: fields({
            spec: fields({ roles: texts }),
            status: fields({ failureReason: text }),
          }),
        },
      },
    ],
  },
};

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'talos', namespace: 'default' },
  spec: { ports: [{ name: 'apid', port: 50_000, targetPort: 50_000, protocol: 'TCP' }] },
};
