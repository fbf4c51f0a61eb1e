import { durationOf } from '../timings.js';
import type { ServiceInfo, ServiceState } from './protocol.js';

interface EtcdEvent {
  /** Simulated ms. */
  readonly at: number;
  readonly state: ServiceState;
  readonly message: string;
}

/** Where the service stands; `joining` waits to be taken in by a cluster, `ended` is for good. */
type EtcdStage =
  | 'conditions'
  | 'pulling'
  | 'missing-image'
  | 'joining'
  | 'founding'
  | 'running'
  | 'crashed'
  | 'ended';

/** The service "etcd" as one of its runners tells of it; a boot and a bootstrap begin a new one. */
export interface EtcdService {
  stage: EtcdStage;
  /** When the stage ends by itself, simulated ms. */
  dueAt?: number;
  /** It founds a cluster instead of joining one. */
  readonly bootstraps: boolean;
  /** Oldest first. */
  readonly events: EtcdEvent[];
  /** `healthy` is undefined before the first check. */
  health?: { readonly healthy: boolean | undefined; readonly message: string };
  pid: number;
}

/** Talos source, machined/pkg/system/events: MaxEventsToKeep. */
const keptEvents = 64;

/** A runner that waits for its conditions. */
export function newEtcdService(now: number, machineId: number, bootstraps = false): EtcdService {
  const service: EtcdService = {
    stage: 'conditions',
    dueAt: now + durationOf('etcdConditions'),
    bootstraps,
    events: [],
    pid: 2_000 + 10 * machineId,
  };
  note(service, now, 'Starting', 'Starting service');
  const conditions =
    'volumes /var/lib, ETCD to be mounted, service "cri" to be "up", time sync, network, etcd spec';
  note(service, now, 'Waiting', `Waiting for ${conditions}`);
  return service;
}

/** Moves the service on to a stage, at a time. */
export function enter(service: EtcdService, stage: EtcdStage, now: number): void {
  service.stage = stage;
  delete service.dueAt;
  switch (stage) {
    case 'missing-image':
      service.dueAt = now + durationOf('etcdImageMissing');
      break;
    case 'pulling':
      service.dueAt = now + durationOf('etcdImagePull');
      break;
    case 'joining':
      service.dueAt = now + durationOf('etcdJoinTimeout');
      break;
    case 'crashed':
      service.dueAt = now + durationOf('etcdRestart');
      break;
    case 'running':
      service.pid++;
      service.health ??= { healthy: undefined, message: 'Unknown' };
      service.dueAt = now + durationOf('etcdFirstCheck');
      note(service, now, 'Running', `Started task ${taskOf(service)} for container etcd`);
      break;
    case 'conditions':
    case 'founding':
    case 'ended':
  }
}

/** The texts of Talos 1.13: services/etcd.go, service_runner.go, runner/restart, go-retry. */
export function fail(service: EtcdService, now: number, why: string): void {
  enter(service, 'ended', now);
  note(service, now, 'Failed', `Failed to run pre stage: ${why}`);
}

export const joinTimedOut =
  'failed to build initial etcd cluster: failed to build cluster arguments: 1 error(s) occurred:\n\ttimeout';

export function imageMissing(image: string): string {
  const why = `failed to pull image "${image}"`;
  return `${why}: 1 error(s) occurred:\n\t${why}: failed to resolve reference "${image}": ${image}: not found`;
}

/** The process ends with an error; Talos starts it again, for ever. */
export function crash(service: EtcdService, now: number): void {
  enter(service, 'crashed', now);
  const why = 'task "etcd" failed: exit code 1 (last log "")';
  note(service, now, 'Waiting', `Error running Containerd(etcd), going to restart forever: ${why}`);
  service.health = { healthy: false, message: 'service not running' };
}

/** Somebody stopped it; nothing starts it again in this boot. */
export function stop(service: EtcdService, now: number): void {
  if (service.stage === 'running') {
    note(
      service,
      now,
      'Stopping',
      `Sending SIGTERM to task etcd (PID ${service.pid}, container etcd)`,
    );
    service.health = { healthy: false, message: 'service not running' };
  }
  enter(service, 'ended', now);
  note(service, now, 'Finished', 'Service finished successfully');
}

/** What a check of the running etcd found; only a change of it is an event. */
export function checked(service: EtcdService, now: number, problem: string | undefined): void {
  const healthy = problem === undefined;
  const changed = service.health?.healthy !== healthy;
  service.health = { healthy, message: problem ?? '' };
  if (!changed) return;
  const message = healthy ? 'Health check successful' : `Health check failed: ${problem}`;
  note(service, now, 'Running', message);
}

export function note(service: EtcdService, at: number, state: ServiceState, message: string): void {
  service.events.push({ at, state, message });
  if (service.events.length > keptEvents) service.events.shift();
}

/** The service as the Talos API lists it. */
export function etcdServiceInfo({ events, health }: EtcdService, now: number): ServiceInfo {
  return {
    id: 'etcd',
    state: events.at(-1)?.state ?? 'Starting',
    health: health?.healthy === undefined ? '?' : health.healthy ? 'OK' : 'Fail',
    healthMessage: health?.message ?? '',
    events: events.map(({ at, state, message }) => {
      return { state, message, age: Math.max(0, Math.round((now - at) / 1_000)) };
    }),
  };
}

function taskOf({ pid }: EtcdService): string {
  return `etcd (PID ${pid})`;
}
