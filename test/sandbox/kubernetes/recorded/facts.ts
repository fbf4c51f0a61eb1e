/** What of an answer is compared: nothing that is random or a time. */
export interface Facts {
  readonly status: number;
  readonly kind?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly generation?: unknown;
  readonly spec?: unknown;
  readonly columns?: readonly string[];
}

type Fields = Record<string, unknown>;

const volatile = [
  'batch.kubernetes.io/controller-uid',
  'clusterIP',
  'controller-uid',
  'clusterIPs',
  'nodePort',
  'nodeName',
  'healthCheckNodePort',
  'selector',
  'kubectl.kubernetes.io/restartedAt',
  'podCIDR',
  'podCIDRs',
  'pod-template-hash',
];

/** The facts of an answer; of what was only looked at, that it is there. */
export function factsOf(status: number, body: Fields, isRead: boolean): Facts {
  const { kind, reason, message, metadata, items, columnDefinitions } = body;
  if (kind === 'Table') return { status, kind, columns: columnsOf(columnDefinitions) };
  if (kind === 'Status') {
    return { status, kind, ...(reason ? { reason } : {}), ...(status >= 400 ? { message } : {}) };
  }
  if (items !== undefined || isRead) return { status, kind };
  const { generation } = (metadata ?? {}) as Fields;
  const spec = body['spec'] ?? body['data'];
  return {
    status,
    kind,
    ...(generation ? { generation } : {}),
    ...(spec === undefined ? {} : { spec: steady(spec) }),
  };
}

function columnsOf(definitions: unknown): string[] {
  return (definitions as { name: string; priority: number }[]).map(
    ({ name, priority }) => `${name}${priority > 0 ? ' (wide)' : ''}`,
  );
}

function steady(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(steady);
  if (typeof value === 'string') return value.replace(/^(kube-api-access)-\w{5}$/, '$1');
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([field]) => !volatile.includes(field));
  return Object.fromEntries(kept.map(([field, item]) => [field, steady(item)]));
}
