import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { standardInstall } from '../../../src/sandbox/downloads/gateway-api.js';
import { Rehearsal } from './harness.js';
import { differs } from './recorded/differs.js';
import { factsOf, type Facts } from './recorded/facts.js';

/**
 * A request that kubectl 1.34.5 sent to kube-apiserver 1.34.1, and what of the answer is compared.
 * The commands are everyday ones, in this order: what a later one finds, an earlier one made.
 */
interface Recorded {
  readonly command: string;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: unknown;
  /** A body in protobuf, in base64. */
  readonly protobuf?: string;
  readonly type?: string;
  /** Whom it was sent for. */
  readonly as?: string;
  readonly table?: boolean;
  readonly answer: Facts;
}

const recorded = readFileSync(join(import.meta.dirname, 'recorded', 'requests.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

const administrator = { user: 'admin', groups: ['system:masters'] };
const found = new Map<string, unknown[]>();
let server: Server;

beforeAll(async () => {
  const world = new Rehearsal();
  for (const index of [1, 2, 3]) world.node(`oxide-cluster-worker-${index}`);
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const document of parseAllDocuments(standardInstall('v1.4.1') ?? '')) {
    world.post(definitions, document.toJS());
  }
  world.after(10);
  server = createServer((request, response) => {
    world.cluster.handle(request, response, administrator, () => world.now);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  for (const request of recorded) {
    const got = await replay(request, (server.address() as AddressInfo).port, world);
    if (JSON.stringify(got) !== JSON.stringify(request.answer) && !sameFacts(got, request.answer)) {
      const where = `${request.method} ${request.path}`;
      const all = found.get(request.command) ?? [];
      found.set(request.command, [...all, { where, got, wanted: request.answer }]);
    }
  }
});

afterAll(() => {
  server.close();
});

test.each([...new Set(recorded.map(({ command }) => command))])(
  '%s is answered as by the real API',
  (command) => {
    if (differs[command] === undefined) expect(found.get(command) ?? []).toEqual([]);
  },
);

function sameFacts(got: Facts, wanted: Facts): boolean {
  try {
    expect(got).toEqual(wanted);
    return true;
  } catch {
    return false;
  }
}

/** Seconds before the requests of commands that waited; the others came as fast as people's scripts. */
const waits: Readonly<Record<string, number>> = {
  'get-all': 6,
  'rollout-sts': 5,
};

async function replay(request: Recorded, port: number, world: Rehearsal): Promise<Facts> {
  world.after(waits[request.command] ?? 0.5);
  const { method, path, query, protobuf, type, as, table } = request;
  const address = `http://127.0.0.1:${port}${path}${query === undefined ? '' : `?${query}`}`;
  const contentType = protobuf === undefined ? type : 'application/vnd.kubernetes.protobuf';
  // What nodes and namespaces say of themselves is their kubelets' and controllers'.
  const isRead = method === 'GET' || /\/nodes\/|\/namespaces\/shop$/.test(path);
  const response = await fetch(address, {
    method,
    headers: {
      'content-type': contentType ?? 'application/json',
      'user-agent': 'kubectl/v1.34.5',
      ...(table === true ? { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } : {}),
      ...(as === undefined ? {} : { 'impersonate-user': as }),
    },
    ...(bodyOf(request, world) ?? {}),
  });
  return factsOf(response.status, (await response.json()) as Record<string, unknown>, isRead);
}

function bodyOf(
  { body, protobuf, path }: Recorded,
  world: Rehearsal,
): { body: string | Uint8Array<ArrayBuffer> } | undefined {
  if (protobuf !== undefined) return { body: Uint8Array.from(Buffer.from(protobuf, 'base64')) };
  if (body === undefined) return undefined;
  const text = JSON.stringify(body);
  if (!text.includes('"$')) return { body: text };
  const live = world.get(path).body as { metadata?: { resourceVersion?: string } };
  const current = live.metadata?.resourceVersion ?? '';
  return { body: text.replace('"$CURRENT"', `"${current}"`).replace('"$STALE"', '"1"') };
}
