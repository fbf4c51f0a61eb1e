import { readFile } from 'node:fs/promises';
import { connect as connectHttp } from 'node:net';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { create } from '../../src/flows/create.js';
import { clusterYaml, rehearse } from '../helpers/rehearsal.js';

interface Access {
  /** Where the sandbox listens. */
  readonly proxy: string;
  readonly server: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly user: {
      readonly 'client-certificate-data': string;
      readonly 'client-key-data': string;
    };
  }[];
}

/** A cluster of its own, and what its kubeconfig holds. */
async function createdCluster(): Promise<Access> {
  const rehearsal = await rehearse(clusterYaml(1, 0));
  const { ctx } = rehearsal.run();
  await create(ctx);
  const { clusters, users } = parse(
    await readFile(rehearsal.files.kubeconfig, 'utf8'),
  ) as Kubeconfig;
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user;
  const decoded = (text = '') => Buffer.from(text, 'base64');
  return {
    proxy: ctx.endpoints.nodeProxy ?? '',
    server: new URL(cluster?.server ?? '').host,
    ca: decoded(cluster?.['certificate-authority-data']),
    cert: decoded(user?.['client-certificate-data']),
    key: decoded(user?.['client-key-data']),
  };
}

/** Asks the proxy for a way to an address: the connection, or the status line of its refusal. */
function tunnel(proxy: string, target: string): Promise<Socket | string> {
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    const socket = connectHttp(Number(port), hostname, () => {
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    });
    socket.once('data', (data) => {
      const [line = ''] = data.toString().split('\r\n');
      resolve(line.includes(' 200 ') ? socket : line);
    });
    socket.once('error', reject);
  });
}

/** The status of a GET for the nodes, with these credentials. */
async function getNodes(access: Access): Promise<number | undefined> {
  const socket = await tunnel(access.proxy, access.server);
  if (typeof socket === 'string') throw new Error(socket);
  const { ca, cert, key } = access;
  const host = access.server.replace(/:\d+$/, '');
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host,
        path: '/api/v1/nodes',
        createConnection: () => connectTls({ socket, host, ca, cert, key }),
      },
      (response) => {
        response.resume();
        socket.destroy();
        resolve(response.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

describe('the way to the nodes', () => {
  let own: Access;
  beforeEach(async () => {
    own = await createdCluster();
  });

  test('leads a client of the cluster to its API server', async () => {
    expect(await getNodes(own)).toBe(200);
  });

  test('gives a client with the certificate of another cluster no access', async () => {
    const { cert, key } = await createdCluster();
    expect(await getNodes({ ...own, cert, key })).toBe(401);
  });

  test("shows a certificate that another cluster's authority did not sign", async () => {
    const { ca } = await createdCluster();
    await expect(getNodes({ ...own, ca })).rejects.toThrow(/certificate/);
  });

  test('ends nowhere for an address that nobody has', async () => {
    expect(await tunnel(own.proxy, '203.0.113.250:6443')).toBe('HTTP/1.1 502 No route to host');
  });

  test('ends at the firewall for a port that it does not open', async () => {
    const port = own.server.replace(/:\d+$/, ':2379');
    expect(await tunnel(own.proxy, port)).toBe('HTTP/1.1 502 Connection timed out');
  });
});
