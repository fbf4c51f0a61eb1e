import { expect, test } from 'vitest';
import { Rehearsal, deployment, field, podTemplate } from './harness.js';

// What is expected here is what kube-apiserver 1.34.1 answered.

const world = new Rehearsal();
world.node('w1');
world.installCilium();
world.after(30);

function named(apiVersion: string, kind: string, content: object): object {
  return { apiVersion, kind, metadata: { name: 'a' }, ...content };
}

test('the API server lists what it checks of itself', () => {
  const lines = String(world.get('/readyz?verbose').body).split('\n');
  expect(lines).toHaveLength(37);
  expect(lines.slice(0, 4)).toEqual([
    '[+]ping ok',
    '[+]log ok',
    '[+]etcd ok',
    '[+]etcd-readiness ok',
  ]);
  expect(lines.slice(-3)).toEqual(['[+]shutdown ok', 'readyz check passed', '']);
  expect(String(world.get('/livez?verbose&exclude=etcd').body)).toMatch(
    /etcd excluded: ok\n.*start-ap/,
  );
  expect(world.get('/livez/ping')).toEqual({ status: 200, body: 'ok' });
  expect(world.get('/livez/shutdown').status).toBe(404);
});

test('the parts of the control plane are healthy', () => {
  const path = '/api/v1/componentstatuses';
  expect(world.items(path).map((item) => field(item, 'metadata.name'))).toEqual([
    'controller-manager',
    'etcd-0',
    'scheduler',
  ]);
  expect(world.see(`${path}/etcd-0`, 'conditions.0.message')).toBe('ok');
});

test('a quota says what its namespace uses', () => {
  const resources = { requests: { cpu: '250m', memory: '64Mi' } };
  const template = podTemplate(
    { app: 'counted' },
    { containers: [{ name: 'a', image: 'a', resources }] },
  );
  const spec = { replicas: 3, selector: { matchLabels: { app: 'counted' } }, template };
  world.post(
    '/apis/apps/v1/namespaces/default/deployments',
    named('apps/v1', 'Deployment', { spec }),
  );
  const hard = { pods: '50', 'count/deployments.apps': '4', 'requests.cpu': '2', memory: '1Gi' };
  const path = '/api/v1/namespaces/default/resourcequotas';
  world.post(path, named('v1', 'ResourceQuota', { spec: { hard } }));
  world.after(1);
  expect(world.see(`${path}/a`, 'status')).toEqual({
    hard,
    used: { pods: '3', 'count/deployments.apps': '1', 'requests.cpu': '750m', memory: '192Mi' },
  });
});

test('the rows of a table hold the whole object when they are to be sorted', () => {
  const kindOf = (query: string): unknown => {
    const path = `/api/v1/namespaces/default/events${query}`;
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { body } = world.cluster.request({ method: 'GET', path, accept }, world.now);
    return field(body, 'rows.0.object.kind');
  };
  expect(kindOf('')).toBe('PartialObjectMetadata');
  expect(kindOf('?includeObject=Object')).toBe('Event');
  expect(kindOf('?includeObject=None')).toBeUndefined();
});

test('events are listed in the order in which they came, object by object', () => {
  world.post('/apis/apps/v1/namespaces/default/deployments', deployment('told', 1));
  world.after(60);
  const told = world
    .items('/api/v1/namespaces/default/events')
    .filter((event) => /^told-.*-.*\./.test(String(field(event, 'metadata.name'))));
  expect(told.map((event) => field(event, 'reason'))).toEqual([
    'Scheduled',
    'Pulled',
    'Created',
    'Started',
  ]);
});

test('who applies what is there already owns it from no time on', () => {
  const path = '/api/v1/namespaces/default/configmaps';
  const content = named('v1', 'ConfigMap', { data: { a: 'b' } });
  world.post(`${path}?fieldManager=first`, content);
  world.apply(`${path}/a`, content, 'fieldManager=second');
  const entries = world.see(`${path}/a`, 'metadata.managedFields') as Record<string, unknown>[];
  expect(entries.map(({ manager, time }) => [manager, typeof time])).toEqual([
    ['first', 'string'],
    ['second', 'undefined'],
  ]);
});

test('an autoscaler keeps its workload between its bounds, also without metrics', () => {
  const workload = '/apis/apps/v1/namespaces/default/deployments';
  world.post(workload, deployment('bounded', 5));
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'bounded' };
  const spec = { scaleTargetRef, minReplicas: 2, maxReplicas: 3 };
  world.post(
    '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
    named('autoscaling/v2', 'HorizontalPodAutoscaler', { spec }),
  );
  world.after(5);
  expect(world.see(`${workload}/bounded`, 'spec.replicas')).toBe(5);
  world.after(15);
  expect(world.see(`${workload}/bounded`, 'spec.replicas')).toBe(3);
  expect(world.see(`${workload}/bounded`, 'metadata.generation')).toBe(2);
  const told = world
    .items('/api/v1/namespaces/default/events')
    .filter((event) => field(event, 'reason') === 'SuccessfulRescale');
  expect(told.map((event) => field(event, 'message'))).toEqual([
    'New size: 3; reason: Current number of replicas above Spec.MaxReplicas',
  ]);
});

test.each(['DaemonSet', 'StatefulSet'])('a %s goes back to a template that it had', (kind) => {
  const path = `/apis/apps/v1/namespaces/default/${kind.toLowerCase()}s`;
  const labels = { app: kind.toLowerCase() };
  const spec = { selector: { matchLabels: labels }, template: podTemplate(labels) };
  world.post(path, named('apps/v1', kind, { spec }));
  const patch = (body: object): unknown =>
    world.send('PATCH', `${path}/a`, body, 'application/strategic-merge-patch+json');
  const image = 'example.org/app:2';
  patch({ spec: { template: { spec: { containers: [{ name: 'app', image }] } } } });
  const revisions = (): unknown[] =>
    world
      .items('/apis/apps/v1/namespaces/default/controllerrevisions')
      .filter((item) => field(item, 'metadata.labels.app') === labels.app)
      .sort((a, b) => Number(field(a, 'revision')) - Number(field(b, 'revision')));
  const [first] = revisions();
  expect(revisions().map((item) => field(item, 'revision'))).toEqual([1, 2]);

  // As `kubectl rollout undo` does it.
  patch(field(first, 'data') as object);
  expect(world.see(`${path}/a`, 'spec.template.spec.containers.0.image')).toBe('example.org/app:1');
  expect(revisions().map((item) => field(item, 'revision'))).toEqual([2, 3]);
  expect(field(revisions()[1], 'metadata.name')).toBe(field(first, 'metadata.name'));
});

test('events are the same ones in both of their groups', () => {
  const reporting = { reportingController: 'me', reportingInstance: 'me-1', action: 'Trying' };
  const regarding = { kind: 'Pod', name: 'a', namespace: 'default' };
  const path = '/apis/events.k8s.io/v1/namespaces/default/events';
  const eventTime = '2026-01-01T00:00:00.000000Z';
  const content = {
    ...reporting,
    regarding,
    reason: 'Tried',
    note: 'x',
    type: 'Normal',
    eventTime,
  };
  expect(world.post(path, named('events.k8s.io/v1', 'Event', content)).status).toBe(201);
  const older = '/api/v1/namespaces/default/events/a';
  const expected = {
    apiVersion: 'v1',
    involvedObject: regarding,
    message: 'x',
    reportingComponent: 'me',
  };
  expect(world.get(older).body).toMatchObject(expected);

  const series = { count: 2, lastObservedTime: eventTime };
  world.send('PATCH', `${path}/a`, { series, note: 'y' }, 'application/merge-patch+json');
  expect(world.get(older).body).toMatchObject({ ...expected, message: 'y', series });
  expect(world.get(`${path}/a`).body).toMatchObject({ ...content, note: 'y', series });
});
