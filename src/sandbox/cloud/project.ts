import type { Listening } from '../machines.js';
import type { Random } from '../simulation.js';
import { durationOf, type timings } from '../timings.js';
import { ApiError, taken } from './api-error.js';
import type { ActionRecord, Effect } from './action-records.js';
import { Limits } from './limits.js';
import { Market } from './market.js';
import type {
  CertificateRecord,
  FirewallRecord,
  FloatingIpRecord,
  ImageRecord,
  NetworkRecord,
  PlacementGroupRecord,
  PrimaryIpRecord,
  ResourceRef,
  ServerRecord,
  SshKeyRecord,
  VolumeRecord,
} from './records.js';
import type { LoadBalancerRecord } from './load-balancer-records.js';
import { Table } from './table.js';

export type SavedProject = ReturnType<Project['toJSON']>;

export interface NewAction {
  readonly command: string;
  readonly resources: readonly ResourceRef[];
  readonly duration: keyof typeof timings;
  /** What is true once it has succeeded. */
  readonly effect?: Effect;
  /** It begins when this one has succeeded, and fails with it. */
  readonly after?: ActionRecord;
  /** What nothing else may be done with meanwhile. */
  readonly locks?: ResourceRef;
}

interface ProjectOptions {
  readonly random: Random;
  readonly now: number;
  readonly listening: Listening;
  readonly saved: SavedProject | undefined;
}

/** Everything that exists in one project of the simulated cloud. */
export class Project {
  readonly random: Random;
  /** Simulated ms since the epoch of what is being done. */
  now: number;
  /** What the machines answer on their ports. */
  readonly listening: Listening;
  readonly limits: Limits;
  readonly servers: Table<ServerRecord>;
  readonly networks: Table<NetworkRecord>;
  readonly firewalls: Table<FirewallRecord>;
  readonly sshKeys: Table<SshKeyRecord>;
  readonly placementGroups: Table<PlacementGroupRecord>;
  readonly images: Table<ImageRecord>;
  readonly primaryIps: Table<PrimaryIpRecord>;
  readonly floatingIps: Table<FloatingIpRecord>;
  readonly volumes: Table<VolumeRecord>;
  readonly loadBalancers: Table<LoadBalancerRecord>;
  readonly certificates: Table<CertificateRecord>;
  readonly actions: Table<ActionRecord>;
  readonly market: Market;
  /** How many of the next snapshots never become available. */
  stalledSnapshots = 0;
  readonly counters: { resource: number; action: number; ipv4: number; ipv6: number };

  constructor(options: ProjectOptions) {
    const { random, now, saved } = options;
    this.random = random;
    this.listening = options.listening;
    this.now = now;
    this.limits = new Limits(saved?.limits);
    this.servers = new Table('server', saved?.servers);
    this.networks = new Table('network', saved?.networks);
    this.firewalls = new Table('firewall', saved?.firewalls);
    this.sshKeys = new Table('SSH key', saved?.sshKeys);
    this.placementGroups = new Table('placement group', saved?.placementGroups);
    this.images = new Table('image', saved?.images);
    this.primaryIps = new Table('primary IP', saved?.primaryIps);
    this.floatingIps = new Table('floating IP', saved?.floatingIps);
    this.volumes = new Table('volume', saved?.volumes);
    this.loadBalancers = new Table('load balancer', saved?.loadBalancers);
    this.certificates = new Table('certificate', saved?.certificates);
    this.actions = new Table('action', saved?.actions);
    this.market = new Market(saved?.market);
    this.counters = saved?.counters ?? {
      resource: 100_000_000,
      action: 610_000_000_000_000,
      ipv4: 0,
      ipv6: 0,
    };
  }

  /** Whether the snapshot that begins now never becomes available: a fault. */
  takeSnapshotStall(): boolean {
    if (this.stalledSnapshots === 0) return false;
    this.stalledSnapshots--;
    return true;
  }

  newId(): number {
    this.counters.resource += this.random.integer(1, 99);
    return this.counters.resource;
  }

  /** Begins an action; it ends by itself as simulated time goes on. */
  start(action: NewAction): ActionRecord {
    this.counters.action += this.random.integer(1, 99_999);
    const durationMs = durationOf(action.duration);
    return this.actions.add({
      id: this.counters.action,
      command: action.command,
      resources: [...action.resources],
      status: 'running',
      started: this.now,
      finished: null,
      durationMs,
      dueAt: action.after ? null : this.now + durationMs,
      after: action.after?.id ?? null,
      locks: action.locks ?? null,
      effect: action.effect ?? null,
      failure: null,
      error: null,
    });
  }

  isLocked({ type, id }: ResourceRef): boolean {
    return this.actions
      .all()
      .some(({ status, locks }) => status === 'running' && locks?.type === type && locks.id === id);
  }

  /** 423 `locked` while an action runs on it; networks answer 409 `conflict` instead. */
  assertUnlocked(resource: ResourceRef): void {
    if (!this.isLocked(resource)) return;
    if (resource.type === 'network') {
      throw new ApiError(409, 'conflict', 'network has been modified during the request, retry');
    }
    const noun = resource.type.replace('_', ' ');
    throw new ApiError(423, 'locked', `cannot perform operation because ${noun} is locked`);
  }

  /** 409 `uniqueness_error` when another resource of the table has this name. */
  assertNameFree(
    table: Table<{ readonly id: number; name: string }>,
    name: string,
    options: { except?: number; message?: string } = {},
  ): void {
    if (table.all().some((row) => row.name === name && row.id !== options.except)) {
      throw taken('name', options.message ?? 'name is already used');
    }
  }

  toJSON() {
    const { servers, networks, firewalls, sshKeys, placementGroups, images } = this;
    return {
      servers: servers.toJSON(),
      networks: networks.toJSON(),
      firewalls: firewalls.toJSON(),
      sshKeys: sshKeys.toJSON(),
      placementGroups: placementGroups.toJSON(),
      images: images.toJSON(),
      primaryIps: this.primaryIps.toJSON(),
      floatingIps: this.floatingIps.toJSON(),
      volumes: this.volumes.toJSON(),
      loadBalancers: this.loadBalancers.toJSON(),
      certificates: this.certificates.toJSON(),
      actions: this.actions.toJSON(),
      market: this.market.toJSON(),
      limits: this.limits.toJSON(),
      counters: { ...this.counters },
    };
  }
}
