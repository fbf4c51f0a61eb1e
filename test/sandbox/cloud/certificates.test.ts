import { describe, expect, it } from 'vitest';
import { createAuthority, yearMs } from '../../../src/sandbox/pki.js';
import { idOf, Driver } from './driver.js';

const notBefore = Date.UTC(2026, 0, 1);
const pair = () =>
  createAuthority({
    algorithm: 'ecdsa-p256',
    subject: { commonName: 'example.com' },
    notBefore,
    lifetimeMs: yearMs,
  });

describe('certificates', () => {
  it('are read when they are uploaded, and stay while a service uses them', async () => {
    const driver = new Driver();
    const { crt, key } = await pair();
    const upload = { name: 'own', certificate: crt, private_key: key };
    const made = driver.post('/certificates', upload);
    expect(made).toMatchObject({
      certificate: { type: 'uploaded', not_valid_before: '2026-01-01T00:00:00Z', status: null },
      action: null,
    });
    const id = idOf(made, 'certificate');
    const balancer = driver.post('/load_balancers', {
      ...{ name: 'lb', load_balancer_type: 'lb11', location: 'nbg1' },
      services: [{ protocol: 'https', http: { certificates: [id] } }],
    });
    expect(driver.get(`/certificates/${id}`)['certificate']?.['used_by']).toEqual([
      { id: idOf(balancer, 'load_balancer'), type: 'load_balancer' },
    ]);
    expect(driver.outcome('DELETE', `/certificates/${id}`)).toBe('422 resource_in_use');
    const other = await pair();
    expect(
      driver.outcome('POST', '/certificates', { ...upload, name: 'b', private_key: other.key }),
    ).toBe('422 invalid_input');
  });

  it('are not issued: the project has no DNS zones', () => {
    const driver = new Driver();
    const order = { name: 'managed', type: 'managed', domain_names: ['example.com'] };
    const id = idOf(driver.post('/certificates', order), 'certificate');
    expect(driver.outcome('POST', `/certificates/${id}/actions/retry`)).toBe(
      '422 unsupported_error',
    );
    driver.rest();
    expect(driver.get(`/certificates/${id}`)['certificate']?.['status']).toMatchObject({
      issuance: 'failed',
      error: { code: 'dns_zone_not_found' },
    });
    expect(driver.outcome('POST', `/certificates/${id}/actions/retry`)).toBe('201');
  });
});
