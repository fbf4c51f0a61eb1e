import { describe, expect, it } from 'vitest';
import { knowsCode } from '../../src/hetzner/error-codes.js';
import { HetznerError } from '../../src/hetzner/errors.js';
import { judge } from '../../src/hetzner/retry.js';
import { openapi } from '../helpers/openapi.js';

const failed = (code: string, status = 422): HetznerError =>
  new HetznerError({
    code,
    status,
    message: 'why',
    purpose: 'doing it',
    tokenSource: 'HCLOUD_TOKEN',
  });

/** The exit code of each kind of refusal, and which of them another try may heal. */
const kinds = [
  [2, 'invalid_input invalid_server_type no_subnet_available private_net_only_server'],
  [3, 'unauthorized token_readonly forbidden protected uniqueness_error ip_not_available'],
  [4, 'resource_limit_exceeded resource_unavailable placement_error json_error unsupported_error'],
  [4, 'method_not_allowed deprecated_api_endpoint nobody_knows_it'],
  [5, 'conflict locked rate_limit_exceeded not_found service_error maintenance server_error'],
  [5, 'bad_gateway unavailable timeout resource_in_use must_be_unassigned'],
] as const;

describe('an error code', () => {
  it.each(kinds)('ends with %i: %s', (exitCode, codes) => {
    for (const code of codes.split(' '))
      expect([code, failed(code).exitCode]).toEqual([code, exitCode]);
  });

  it('promises that the same command goes on only where that is true', () => {
    for (const [exitCode, codes] of kinds) {
      for (const code of codes.split(' ')) {
        const hint = failed(code).hint ?? '';
        expect(hint, code).not.toBe('');
        if (exitCode === 2 || code === 'json_error') expect(hint, code).toContain('would not help');
      }
    }
  });

  it('that nobody knows is judged by its status', () => {
    const looked = (status: number) => judge(failed('novel', status), { method: 'GET' });
    const written = (status: number) => judge(failed('novel', status), { method: 'POST' });
    expect([400, 403, 418, 422].map((status) => looked(status).verdict)).toEqual(
      Array.from({ length: 4 }, () => 'final'),
    );
    expect([409, 423, 429].map((status) => written(status).verdict)).toEqual(
      Array.from({ length: 3 }, () => 'refused'),
    );
    expect(written(507)).toEqual({ verdict: 'lost', tries: 3 });
    expect(looked(507)).toEqual({ verdict: 'lost', tries: 8 });
  });

  it.skipIf(openapi === undefined)('of the official description is known', () => {
    // Tables of codes: `| code | text |`, and `| status | code | text |` for all operations.
    const cells = JSON.stringify(openapi).matchAll(
      /\| *(?:`\d{3}` *\| *)?`([a-z]+(?:_[a-z0-9]+)*)` *\|/g,
    );
    const codes = new Set([...cells].map(([, code = '']) => code));
    expect(codes.size).toBeGreaterThan(50);
    // The keys of an error, and the one of a label selector, stand in tables, too.
    const fields = new Set(['code', 'message', 'details', 'k']);
    expect([...codes].filter((code) => !knowsCode(code) && !fields.has(code))).toEqual([]);
  });
});
