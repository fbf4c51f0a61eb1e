import type { z } from 'zod';
import {
  created,
  destroyed,
  plan,
  repaired,
  replaced,
  scaled,
  status,
} from './cluster-documents.js';
import * as addon from './addon-documents.js';
import * as image from './image-documents.js';
import * as other from './other-documents.js';

/** A document that oxide prints, and which call prints it. */
export interface DocumentSpec {
  readonly title: string;
  /** Commands, as they are typed after `oxide`; empty: any of them. */
  readonly commands: readonly string[];
  /** When one of these commands prints it. */
  readonly when?: string;
  readonly schema: z.ZodType;
}

/** All documents, by the name of their schema. A command prints one of its own, or an error. */
export const documents = {
  error: { title: 'An error', commands: [], when: 'whenever it fails', schema: other.error },
  created: { title: 'A cluster that was made', commands: ['create'], schema: created },
  plan: {
    title: 'A plan',
    commands: ['create', 'scale', 'replace', 'repair', 'addons apply', 'addons remove', 'destroy'],
    when: 'with `--dry-run`',
    schema: plan,
  },
  status: { title: 'How a cluster is', commands: ['status'], schema: status },
  scaled: { title: 'A pool that was scaled', commands: ['scale'], schema: scaled },
  replaced: { title: 'Nodes that were made anew', commands: ['replace'], schema: replaced },
  repaired: { title: 'What a repair has done', commands: ['repair'], schema: repaired },
  addons: { title: 'The addons of a cluster', commands: ['addons list'], schema: addon.addons },
  addonsApplied: {
    title: 'Addons that were applied',
    commands: ['addons apply'],
    schema: addon.addonsApplied,
  },
  addonRemoved: {
    title: 'An addon that was removed',
    commands: ['addons remove'],
    schema: addon.addonRemoved,
  },
  destroyed: { title: 'A cluster that was deleted', commands: ['destroy'], schema: destroyed },
  kubeconfig: { title: 'A kubeconfig', commands: ['kubeconfig'], schema: other.kubeconfig },
  talosconfig: { title: 'A talosconfig', commands: ['talosconfig'], schema: other.talosconfig },
  access: {
    title: 'Who reaches the APIs',
    commands: ['firewall allow-me'],
    schema: other.access,
  },
  exported: {
    title: 'An encrypted copy',
    commands: ['secrets export'],
    schema: other.exported,
  },
  imported: {
    title: 'Secrets that were brought back',
    commands: ['secrets import'],
    schema: other.imported,
  },
  images: { title: 'Talos snapshots', commands: ['image list'], schema: image.images },
  imagesBuilt: {
    title: 'Talos snapshots that were made',
    commands: ['image build'],
    schema: image.imagesBuilt,
  },
  imagesPlan: {
    title: 'Snapshots that would go',
    commands: ['image prune'],
    when: 'with `--dry-run`, and when there is nothing to delete',
    schema: image.imagesPlan,
  },
  imagesDeleted: {
    title: 'Snapshots that are gone',
    commands: ['image delete', 'image prune'],
    schema: image.imagesDeleted,
  },
  validated: { title: 'A file that is right', commands: ['validate'], schema: other.validated },
  initialized: { title: 'An example', commands: ['init'], schema: other.initialized },
  written: {
    title: 'A reference that was written',
    commands: ['reference'],
    when: 'with `--write`; without it, the JSON Schema itself is printed',
    schema: other.written,
  },
  sandboxAccess: {
    title: 'What leads to a rehearsal',
    commands: ['sandbox env', 'sandbox serve'],
    schema: other.sandboxAccess,
  },
  forgotten: {
    title: 'A rehearsal that was forgotten',
    commands: ['sandbox reset'],
    schema: other.forgotten,
  },
  version: {
    title: 'The version',
    commands: [],
    when: 'with `--version`',
    schema: other.versionDocument,
  },
  help: {
    title: 'The help',
    commands: [],
    when: 'with `--help`',
    schema: other.help,
  },
  progress: {
    title: 'An event of the progress',
    commands: [],
    when: 'on each line of stderr with `--progress json`',
    schema: other.progress,
  },
} satisfies Readonly<Record<string, DocumentSpec>>;

export type DocumentName = keyof typeof documents;
