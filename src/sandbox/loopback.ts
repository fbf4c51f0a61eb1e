import { request } from 'node:http';

/** A GET to a sandbox on this machine; undefined when nothing answers there that knows the token. */
export function getJson(url: string, token: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { timeout: 2_000, headers: bearer(token) }, (response) => {
      collect(response).then((text) => {
        resolve(response.statusCode === 200 ? JSON.parse(text) : undefined);
      }, reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', () => {
      resolve(undefined);
    });
    sent.end();
  });
}

/** A POST to a sandbox on this machine. Rejects when nothing answers or the answer is no success. */
export function postJson(url: string, body: unknown, token?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...bearer(token) };
    const sent = request(url, { method: 'POST', headers }, (response) => {
      collect(response).then((text) => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${url} answered ${response.statusCode ?? 0}: ${text}`));
      }, reject);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** The whole body of a message as text. */
export async function collect(message: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
