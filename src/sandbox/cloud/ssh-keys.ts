import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidField, taken } from './api-error.js';
import { checkBody } from './body.js';
import { nameField } from './fields.js';
import { labelsField } from './labels.js';
import type { Project } from './project.js';
import type { SshKeyRecord } from './records.js';
import { resourceRoutes } from './resource-routes.js';
import { created, deleted, type Answer, type Call, type Route } from './route.js';
import { timestamp } from './time.js';

const createFields = z.strictObject({
  name: nameField(255),
  public_key: z.string(),
  labels: labelsField.default({}),
});
const updateFields = z.strictObject({
  name: nameField(255).optional(),
  labels: labelsField.optional(),
});
const nameTaken = 'SSH key name is already used';

export const sshKeyRoutes: readonly Route[] = [
  ...resourceRoutes({
    plural: 'ssh_keys',
    singular: 'ssh_key',
    table: (project) => project.sshKeys,
    render: (_project, key) => renderSshKey(key),
    filters: { fingerprint: (key) => key.fingerprint },
    sorts: ['id', 'name'],
    changes: updateFields,
    nameTaken,
  }),
  ['POST', '/ssh_keys', create],
  [
    'DELETE',
    '/ssh_keys/{id}',
    (project, { id }) => {
      project.sshKeys.remove(project.sshKeys.get(id).id);
      return deleted;
    },
  ],
];

function renderSshKey(key: SshKeyRecord): object {
  return {
    id: key.id,
    name: key.name,
    fingerprint: key.fingerprint,
    public_key: key.publicKey,
    labels: key.labels,
    created: timestamp(key.created),
  };
}

function create(project: Project, call: Call): Answer {
  const body = checkBody(createFields, call.body);
  const fingerprint = fingerprintOf(body.public_key);
  project.assertNameFree(project.sshKeys, body.name, { message: nameTaken });
  if (project.sshKeys.all().some((key) => key.fingerprint === fingerprint)) {
    throw taken('public_key', 'SSH key with the same fingerprint already exists');
  }
  const key = project.sshKeys.add({
    id: project.newId(),
    name: body.name,
    fingerprint,
    publicKey: body.public_key.trim(),
    labels: body.labels,
    created: project.now,
  });
  return created({ ssh_key: renderSshKey(key) });
}

/** MD5 of the key's wire format, as colon-separated hex; 422 when it is no OpenSSH public key. */
function fingerprintOf(publicKey: string): string {
  const [type = '', blob = ''] = publicKey.trim().split(/\s+/);
  const wire = Buffer.from(blob, 'base64');
  const known = /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-.+@openssh\.com)$/.test(type);
  const named = wire.length > 4 + type.length && wire.readUInt32BE(0) === type.length;
  if (!known || !named || wire.toString('latin1', 4, 4 + type.length) !== type) {
    throw invalidField('public_key', 'is not a valid OpenSSH public key');
  }
  const digest = createHash('md5').update(wire).digest('hex');
  return (digest.match(/../g) ?? []).join(':');
}
