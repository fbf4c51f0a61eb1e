import { z } from 'zod';
import { renderAction } from './actions.js';
import { ApiError, invalidField, notFound, refused } from './api-error.js';
import { checkBody } from './body.js';
import type { ServerTypeFacts } from './catalogue.js';
import { renderImage } from './image-view.js';
import { labelsField } from './labels.js';
import { list } from './listing.js';
import type { Project } from './project.js';
import type { Architecture, ImageRecord } from './records.js';
import { created, deleted, ok, type Answer, type Call, type Route } from './route.js';

const updateFields = z.strictObject({
  description: z.string().min(1).optional(),
  type: z.literal('snapshot').optional(),
  labels: labelsField.optional(),
});

export const imageRoutes: readonly Route[] = [
  ['GET', '/images', listImages],
  ['GET', '/images/{id}', (project, { id }) => ok({ image: renderImage(project.images.get(id)) })],
  ['PUT', '/images/{id}', update],
  ['DELETE', '/images/{id}', remove],
  ['POST', '/images/{id}/actions/change_protection', changeProtection],
];

/** The images that Hetzner itself offers; each name exists once per architecture. */
const systemImages: readonly (readonly [number, string, Architecture])[] = [
  [161547269, 'ubuntu-24.04', 'x86'],
  [161547270, 'ubuntu-24.04', 'arm'],
  [247051392, 'debian-13', 'x86'],
  [247051393, 'debian-13', 'arm'],
];

export function addSystemImages(project: Project): void {
  for (const [id, name, architecture] of systemImages) {
    const [flavor = '', version = null] = name.split('-');
    project.images.add({
      id,
      type: 'system',
      status: 'available',
      name,
      description: name.replace('-', ' '),
      created: Date.UTC(2025, 0, 15),
      createdFrom: null,
      labels: {},
      architecture,
      diskSize: 5,
      imageSize: null,
      osFlavor: flavor === 'ubuntu' ? 'ubuntu' : 'debian',
      osVersion: version,
      protection: false,
      content: null,
    });
  }
}

/** The image for a new server; by name the one for the type's architecture, snapshots only by id. */
export function imageFor(
  project: Project,
  wanted: string | number,
  type: ServerTypeFacts,
): ImageRecord {
  const images = project.images.all();
  const image =
    images.find((candidate) => String(candidate.id) === String(wanted)) ??
    images.find(({ name, architecture }) => name === wanted && architecture === type.architecture);
  if (!image) throw notFound('image', wanted);
  if (image.status !== 'available') throw refused('service_error', 'image is not available yet');
  if (image.architecture !== type.architecture) {
    throw invalidField(
      'image',
      'architecture',
      'image architecture is not compatible with server type',
    );
  }
  if (image.diskSize > type.disk) {
    throw invalidField('image', 'disk', 'image disk is bigger than server type disk');
  }
  return image;
}

function listImages(project: Project, call: Call): Answer {
  return list(call, {
    key: 'images',
    rows: project.images.all(),
    render: renderImage,
    filters: {
      name: (image) => image.name,
      type: (image) => image.type,
      status: (image) => image.status,
      architecture: (image) => image.architecture,
      bound_to: (image) => image.boundTo ?? null,
    },
    enums: {
      type: ['system', 'app', 'snapshot', 'backup'],
      status: ['available', 'creating', 'unavailable'],
      architecture: ['x86', 'arm'],
    },
    sorts: {
      id: (image) => image.id,
      name: (image) => image.name ?? '',
      created: (image) => image.created,
    },
    labels: (image) => image.labels,
  });
}

/** Only the project's own images can be changed; Hetzner's are as good as not there. */
function ownImage(project: Project, id: number): ImageRecord {
  const image = project.images.get(id);
  if (image.type === 'system') throw notFound('image', id);
  return image;
}

function update(project: Project, call: Call): Answer {
  const image = ownImage(project, call.id);
  const body = checkBody(updateFields, call.body);
  image.description = body.description ?? image.description;
  image.labels = body.labels ?? image.labels;
  if (body.type === 'snapshot') {
    image.type = 'snapshot';
    delete image.boundTo;
  }
  return ok({ image: renderImage(image) });
}

function remove(project: Project, call: Call): Answer {
  const image = ownImage(project, call.id);
  // In other words than for networks (hcloud CLI, end-to-end tests).
  if (image.protection) {
    throw new ApiError(423, 'protected', `${image.type} deletion is protected`);
  }
  project.assertUnlocked({ id: image.id, type: 'image' });
  project.images.remove(image.id);
  return deleted;
}

function changeProtection(project: Project, call: Call): Answer {
  const image = ownImage(project, call.id);
  image.protection = checkBody(z.strictObject({ delete: z.boolean() }), call.body).delete;
  const action = project.start({
    command: 'change_protection',
    resources: [{ id: image.id, type: 'image' }],
    duration: 'otherAction',
  });
  return created({ action: renderAction(action) });
}
