import type { ImageRecord } from './records.js';
import { timestamp } from './time.js';

/** An image as the API shows it. */
export function renderImage(image: ImageRecord): object {
  return {
    id: image.id,
    type: image.type,
    status: image.status,
    name: image.name,
    description: image.description,
    image_size: image.imageSize,
    disk_size: image.diskSize,
    created: timestamp(image.created),
    created_from: image.createdFrom,
    bound_to: image.boundTo ?? null,
    os_flavor: image.osFlavor,
    os_version: image.osVersion,
    rapid_deploy: image.type === 'system',
    protection: { delete: image.protection },
    deprecation: null,
    deleted: null,
    labels: image.labels,
    architecture: image.architecture,
  };
}
