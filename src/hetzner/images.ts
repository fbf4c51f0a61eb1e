import { z } from 'zod';
import { begunActions } from './change.js';
import type { Client } from './client.js';
import { holding } from './holding.js';
import type { HetznerReads } from './reads.js';
import { imageSchema, type Action, type Image } from './resources.js';

type Labels = Readonly<Record<string, string>>;

export interface SnapshotOrder {
  readonly description: string;
  /** They have to be this snapshot's alone: by them it is found when the answer was lost. */
  readonly labels: Labels;
}

/** Snapshots that are made, and what they are known by. */
export interface HetznerImages {
  createSnapshot(
    serverId: number,
    order: SnapshotOrder,
  ): Promise<{ readonly image: Image; readonly actions: readonly Action[] }>;
  /** Replaces all labels. */
  setImageLabels(imageId: number, labels: Labels): Promise<Image>;
}

export function createImageChanges(client: Client, reads: HetznerReads): HetznerImages {
  return {
    createSnapshot: (serverId, { description, labels }) => {
      const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      const verify = async () => {
        const [image] = await reads.images({ labelSelector: selector.join() });
        return image && { image, actions: await reads.serverActions(serverId) };
      };
      const path = `/servers/${serverId}/actions/create_image`;
      const body = { type: 'snapshot', description, labels };
      const purpose = `making a snapshot of server ${serverId}`;
      return client.request({ method: 'POST', path, purpose, body }, madeImage, { verify });
    },
    // The same labels twice are the same labels: they may be sent again unseen.
    setImageLabels: async (id, labels) => {
      const request = {
        method: 'PUT',
        path: `/images/${id}`,
        purpose: `labelling snapshot ${id}`,
        body: { labels },
      } as const;
      return (await client.request(request, holding('image', imageSchema))).image;
    },
  };
}

const madeImage = z.intersection(
  z.object({ image: imageSchema }),
  begunActions.transform((actions) => ({ actions })),
);
