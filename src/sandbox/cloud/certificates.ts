import { X509Certificate, createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { renderAction } from './actions.js';
import type { ActionRecord } from './action-records.js';
import { invalidField, refused } from './api-error.js';
import { checkBody } from './body.js';
import { nameField, noBody } from './fields.js';
import { labelsField } from './labels.js';
import type { Project } from './project.js';
import type { CertificateRecord } from './records.js';
import { resourceRoutes } from './resource-routes.js';
import { created, deleted, type Answer, type Call, type Route } from './route.js';
import { timestamp } from './time.js';

const createFields = z.strictObject({
  name: nameField(255),
  labels: labelsField.default({}),
  type: z.enum(['uploaded', 'managed']).default('uploaded'),
  certificate: z.string().optional(),
  private_key: z.string().optional(),
  domain_names: z.array(z.string().min(1)).optional(),
});

const changes = z.strictObject({
  name: nameField(255).optional(),
  labels: labelsField.optional(),
});

/** Hetzner issues certificates for names in its own DNS only, and this project has no zones. */
const noZone = { code: 'dns_zone_not_found', message: 'DNS zone not found' };

export const certificateRoutes: readonly Route[] = [
  ...resourceRoutes({
    plural: 'certificates',
    singular: 'certificate',
    table: (project) => project.certificates,
    render: renderCertificate,
    filters: { type: (certificate) => certificate.type },
    enums: { type: ['uploaded', 'managed'] },
    changes,
  }),
  ['POST', '/certificates', create],
  ['DELETE', '/certificates/{id}', remove],
  ['POST', '/certificates/{id}/actions/retry', retry],
];

function renderCertificate(project: Project, certificate: CertificateRecord): object {
  const { id, type, issuance } = certificate;
  const pem = certificate.pem === null ? undefined : new X509Certificate(certificate.pem);
  return {
    id,
    name: certificate.name,
    labels: certificate.labels,
    type,
    certificate: certificate.pem,
    created: timestamp(certificate.created),
    not_valid_before: pem ? timestamp(Date.parse(pem.validFrom)) : null,
    not_valid_after: pem ? timestamp(Date.parse(pem.validTo)) : null,
    domain_names: certificate.domainNames,
    fingerprint: pem?.fingerprint256.toLowerCase() ?? null,
    status:
      type === 'uploaded'
        ? null
        : {
            issuance,
            renewal: 'unavailable',
            error: issuance === 'failed' ? noZone : null,
          },
    used_by: usersOf(project, id).map((user) => ({ id: user, type: 'load_balancer' })),
  };
}

function usersOf(project: Project, id: number): number[] {
  return project.loadBalancers
    .all()
    .filter(({ services }) => services.some(({ http }) => http?.certificates.includes(id)))
    .map((balancer) => balancer.id);
}

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  project.assertNameFree(project.certificates, body.name);
  const { type, name, labels } = body;
  const content =
    type === 'uploaded'
      ? uploaded(body)
      : { pem: null, domainNames: managedNames(body), issuance: 'pending' as const };
  const certificate = project.certificates.add({
    ...{ id: project.newId(), created: project.now, name, labels, type },
    ...content,
  });
  return created({
    certificate: renderCertificate(project, certificate),
    action: type === 'uploaded' ? null : renderAction(startIssuing(project, certificate)),
  });
}

type Order = z.output<typeof createFields>;

function uploaded(order: Order): Pick<CertificateRecord, 'pem' | 'domainNames' | 'issuance'> {
  const { certificate: pem = '', private_key: key = '' } = order;
  const parsed = attempt('certificate', () => new X509Certificate(pem));
  const privateKey = attempt('private_key', () => createPrivateKey(key));
  if (!parsed.checkPrivateKey(privateKey)) {
    throw invalidField('private_key', 'is not the key of the certificate');
  }
  const names = [...(parsed.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)];
  return { pem, domainNames: names.map(([, name = '']) => name), issuance: 'completed' };
}

function attempt<T>(field: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw invalidField(field, 'is not valid PEM');
  }
}

function managedNames({ domain_names: names = [] }: Order): readonly string[] {
  if (names.length === 0) throw invalidField('domain_names', 'must not be empty');
  return names;
}

/** Begins what here always ends in an error. */
function startIssuing(project: Project, certificate: CertificateRecord): ActionRecord {
  certificate.issuance = 'pending';
  const action = project.start({
    command: 'issue_certificate',
    resources: [{ id: certificate.id, type: 'certificate' }],
    duration: 'issueCertificate',
    effect: { kind: 'certificate-issued', certificate: certificate.id },
  });
  action.failure = noZone;
  return action;
}

function retry(project: Project, call: Call): Answer {
  checkBody(noBody, call.body);
  const certificate = project.certificates.get(call.id);
  if (certificate.issuance !== 'failed') {
    throw refused('unsupported_error', 'only a failed issuance or renewal can be tried again');
  }
  return created({ action: renderAction(startIssuing(project, certificate)) });
}

/** The code for one that is in use is assumed. */
function remove(project: Project, call: Call): Answer {
  const certificate = project.certificates.get(call.id);
  if (usersOf(project, certificate.id).length > 0) {
    throw refused('resource_in_use', `certificate with ID ${certificate.id} is still in use`);
  }
  project.certificates.remove(certificate.id);
  return deleted;
}
