import {
  ageOf,
  nodeAddress,
  nodeRoles,
  nodeStatus,
  pairs,
  podReady,
  podStatus,
  selectorText,
  servicePorts,
  simpleJsonPath,
  text,
} from './cells.js';
import { externalIp, jobDuration } from './column-cells.js';
import { objectOr, valueAt } from './json.js';
import { moreColumns, type CellColumn } from './more-columns.js';
import { isTrue, type KubeObject } from './objects.js';
import { isBuiltinGroup, type ResourceType } from './resources.js';
import type { DisruptionBudget } from './stored-kinds.js';
import type { Container, KubeNode, Pod, Workload } from './workloads.js';

/** A column of a table: what it shows of an object. */
export interface Column {
  readonly name: string;
  readonly type?: 'integer';
  /** Shown with `-o wide` only. */
  readonly wide?: boolean;
  readonly cell: (object: KubeObject) => string | number;
}

/** The columns after the name, as the real API server has them. */
export function columnsOf(type: ResourceType, now: number): readonly Column[] {
  const age = column('Age', (object: KubeObject) => ageOf(object.metadata.creationTimestamp, now));
  const build = isBuiltinGroup(type.group) ? columns[type.kind] : undefined;
  if (build) return build(age, now);
  const more = isBuiltinGroup(type.group) ? moreColumns[type.kind] : undefined;
  if (more) return more.map((item) => ofCell(item, now));
  if (!type.printerColumns) return [age];
  return type.printerColumns.map(({ name, jsonPath, priority, type: format }) => ({
    name,
    wide: (priority ?? 0) > 0,
    cell: (object) => {
      const value = simpleJsonPath(object, jsonPath);
      return format === 'date' ? ageOf(value, now) : value;
    },
  }));
}

// The cell of a kind's column is only ever given objects of that kind.
function column(name: string, cell: (object: never) => string | number, wide = false): Column {
  return { name, wide, cell: cell as Column['cell'] };
}

const wide = ' (wide)';

function ofCell([name, cell]: CellColumn, now: number): Column {
  const isWide = name.endsWith(wide);
  const shown = isWide ? name.slice(0, -wide.length) : name;
  return { name: shown, wide: isWide, cell: (object) => cell(object, now) };
}

const columns: Record<string, (age: Column, now: number) => Column[]> = {
  Node: (age) => [
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    age,
    column('Version', (node: KubeNode) => node.status.nodeInfo['kubeletVersion'] ?? ''),
    column('Internal-IP', (node: KubeNode) => nodeAddress(node, 'InternalIP'), true),
    column('External-IP', (node: KubeNode) => nodeAddress(node, 'ExternalIP'), true),
    column('OS-Image', (node: KubeNode) => node.status.nodeInfo['osImage'] ?? '', true),
    column('Kernel-Version', (node: KubeNode) => node.status.nodeInfo['kernelVersion'] ?? '', true),
    column(
      'Container-Runtime',
      (node: KubeNode) => node.status.nodeInfo['containerRuntimeVersion'] ?? '',
      true,
    ),
  ],
  Pod: (age) => [
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', () => 0),
    age,
    column('IP', (pod: Pod) => pod.status?.podIP ?? '<none>', true),
    column('Node', (pod: Pod) => pod.spec.nodeName ?? '<none>', true),
    column('Nominated Node', () => '<none>', true),
    column('Readiness Gates', () => '<none>', true),
  ],
  Deployment: (age) => [
    column(
      'Ready',
      ({ spec, status }: Workload) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    column('Up-to-date', ({ status }: Workload) => status?.updatedReplicas ?? 0),
    column('Available', ({ status }: Workload) => status?.availableReplicas ?? 0),
    age,
    ...templateColumns(),
  ],
  ReplicaSet: (age) => [
    column('Desired', ({ spec }: Workload) => spec.replicas ?? 0),
    column('Current', ({ status }: Workload) => status?.replicas ?? 0),
    column('Ready', ({ status }: Workload) => status?.readyReplicas ?? 0),
    age,
    ...templateColumns(),
  ],
  StatefulSet: (age) => [
    column(
      'Ready',
      ({ spec, status }: Workload) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    age,
    ...templateColumns().slice(0, 2),
  ],
  DaemonSet: (age) => [
    column('Desired', ({ status }: Workload) => status?.desiredNumberScheduled ?? 0),
    column('Current', ({ status }: Workload) => status?.currentNumberScheduled ?? 0),
    column('Ready', ({ status }: Workload) => status?.numberReady ?? 0),
    column('Up-to-date', ({ status }: Workload) => status?.updatedNumberScheduled ?? 0),
    column('Available', ({ status }: Workload) => status?.numberAvailable ?? 0),
    column('Node Selector', ({ spec }: Workload) => pairs(spec.template.spec.nodeSelector)),
    age,
    ...templateColumns(),
  ],
  Namespace: (age) => [column('Status', (object: KubeObject) => text(object, 'status.phase')), age],
  Service: (age) => [
    column('Type', (object: KubeObject) => text(object, 'spec.type')),
    column('Cluster-IP', (object: KubeObject) => text(object, 'spec.clusterIP') || '<none>'),
    column('External-IP', externalIp),
    column('Port(s)', (object: KubeObject) => servicePorts(object)),
    age,
    column(
      'Selector',
      (object: KubeObject) => pairs(objectOr(valueAt(object.spec, ['selector']))),
      true,
    ),
  ],
  Secret: (age) => [
    column('Type', (object: KubeObject) => text(object, 'type')),
    column('Data', (object: KubeObject) => Object.keys(objectOr(object['data'])).length),
    age,
  ],
  ConfigMap: (age) => [
    column('Data', (object: KubeObject) => Object.keys(objectOr(object['data'])).length),
    age,
  ],
  PodDisruptionBudget: (age) => [
    column('Min Available', ({ spec }: DisruptionBudget) => spec.minAvailable ?? 'N/A'),
    column('Max Unavailable', ({ spec }: DisruptionBudget) => spec.maxUnavailable ?? 'N/A'),
    column(
      'Allowed Disruptions',
      ({ status }: DisruptionBudget) => status?.disruptionsAllowed ?? 0,
    ),
    age,
  ],
  Job: (age, now) => [
    column('Status', (object: KubeObject) => {
      const conditions = (object as Workload).status?.conditions;
      return isTrue(conditions, 'Complete') ? 'Complete' : 'Running';
    }),
    column('Completions', (object: KubeObject) => {
      const done = Number(valueAt(object.status, ['succeeded']) ?? 0);
      return `${done}/${Number(valueAt(object.spec, ['completions']) ?? 1)}`;
    }),
    column('Duration', (object: KubeObject) => jobDuration(object, now)),
    age,
    ...templateColumns(),
  ],
  CustomResourceDefinition: () => [
    column('Created At', (object: KubeObject) => object.metadata.creationTimestamp),
  ],
};

function templateColumns(): Column[] {
  const containers = ({ spec }: Workload): readonly Container[] => spec.template.spec.containers;
  return [
    column(
      'Containers',
      (object: Workload) =>
        containers(object)
          .map(({ name }) => name)
          .join(','),
      true,
    ),
    column(
      'Images',
      (object: Workload) =>
        containers(object)
          .map(({ image }) => image ?? '')
          .join(','),
      true,
    ),
    column('Selector', (object: Workload) => selectorText(object.spec.selector), true),
  ];
}
