import { durationOf } from '../../timings.js';
import type { ResourceType } from '../resources.js';
import { isTrue, withCondition, type Condition, type KubeObject } from '../objects.js';
import { metadataSchema } from '../schemas/builtin.js';
import { anything, text, type Schema } from '../schemas/schema.js';
import type { KubeState } from '../state.js';
import type { Definition } from '../stored-kinds.js';

/** Establishes definitions of custom resources a moment after they came, and serves their kinds. */
export function reconcileDefinitions(state: KubeState): void {
  const definitions = state.store.list('customresourcedefinitions.apiextensions.k8s.io');
  for (const definition of definitions) establish(state, definition);
  serveDefinitions(state);
}

/** Puts the kinds of all established definitions into the catalogue. */
export function serveDefinitions(state: KubeState): void {
  const definitions = state.store.list('customresourcedefinitions.apiextensions.k8s.io');
  state.catalogue.setCustom(
    definitions
      .filter(({ status }) => isTrue(status?.conditions, 'Established'))
      .flatMap((definition) => typesOf(definition)),
  );
}

function establish(state: KubeState, definition: Definition): void {
  const { metadata: identity, status, spec } = definition;
  if (isTrue(status?.conditions, 'Established')) return;
  const timer = `establish/${identity.uid}`;
  const isDue = state.timers.fires(timer, state.now);
  if (!isDue) state.timers.start(timer, state.now + durationOf('crdEstablish'));
  const conditions: Condition[] = [
    { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
    isDue
      ? {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        }
      : {
          type: 'Established',
          status: 'False',
          reason: 'Installing',
          message: 'the object is being installed',
        },
  ];
  state.store.put<KubeObject>('customresourcedefinitions.apiextensions.k8s.io', {
    ...definition,
    status: {
      conditions: conditions.reduce(
        (all: readonly Condition[], condition) => withCondition(all, condition, state.now),
        status?.conditions ?? [],
      ),
      acceptedNames: spec.names,
      storedVersions: spec.versions
        .filter(({ storage }) => storage === true)
        .map(({ name }) => name),
    },
  });
}

function typesOf({ spec }: Definition): ResourceType[] {
  const { plural, kind, singular, shortNames = [], categories = [] } = spec.names;
  return spec.versions
    .filter(({ served }) => served !== false)
    .map(({ name, schema, subresources, additionalPrinterColumns }) => {
      const hasStatus = subresources?.status !== undefined;
      return {
        group: spec.group,
        version: name,
        plural,
        singular: singular ?? kind.toLowerCase(),
        kind,
        namespaced: spec.scope === 'Namespaced',
        shortNames,
        categories,
        hasStatus,
        subresources: hasStatus ? ['status'] : [],
        review: false,
        schema: withObjectFields(schema?.openAPIV3Schema ?? anything),
        ...(additionalPrinterColumns ? { printerColumns: additionalPrinterColumns } : {}),
      };
    });
}

/** Every object has these, whatever the definition says. */
function withObjectFields(schema: Schema): Schema {
  const properties = {
    ...schema.properties,
    apiVersion: text,
    kind: text,
    metadata: metadataSchema(),
  };
  return { ...schema, properties };
}
