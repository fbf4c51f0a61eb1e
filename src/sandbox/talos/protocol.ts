/** gRPC codes that the simulated Talos API answers with. */
export type GrpcCode =
  | 'AlreadyExists'
  | 'DeadlineExceeded'
  | 'FailedPrecondition'
  | 'Internal'
  | 'InvalidArgument'
  | 'NotFound'
  | 'PermissionDenied'
  | 'Unavailable'
  | 'Unimplemented'
  | 'Unknown';

/** What a client proves itself with; certificates are PEM. */
export interface TalosCredentials {
  /** The authority that the client expects the node's certificate to be signed by. */
  readonly ca: string;
  readonly crt: string;
  /** base64 signature over {@link signedText}, in place of the TLS handshake. */
  readonly signature: string;
}

/** One call of the stand-in talosctl. */
export interface TalosRequest {
  readonly method: keyof TalosMethods;
  /** Addresses that the client dials, with or without a port. */
  readonly endpoints: readonly string[];
  /** The node that the endpoint is to pass the call on to; the endpoint itself when undefined. */
  readonly node?: string;
  /** Absent for calls to a node in maintenance mode. */
  readonly credentials?: TalosCredentials;
  /** The parameters as JSON text. */
  readonly body: string;
}

export interface TalosFailure {
  readonly code: GrpcCode;
  readonly message: string;
  /** The endpoint failed, not the node that it was to ask. */
  readonly atEndpoint: boolean;
}

export type TalosAnswer = { readonly result: unknown } | { readonly failure: TalosFailure };

/** The text that a client signs. */
export function signedText(request: Pick<TalosRequest, 'method' | 'node' | 'body'>): string {
  return `${request.method}\n${request.node ?? ''}\n${request.body}`;
}

/** A failure on its way to the client. */
export class GrpcError extends Error {
  /** It comes from the endpoint, or from the way to it. */
  atEndpoint = false;

  constructor(
    readonly code: GrpcCode,
    message: string,
  ) {
    super(message);
  }
}

interface VersionInfo {
  readonly tag: string;
  readonly architecture: 'amd64' | 'arm64';
}

export interface EtcdMemberInfo {
  /** 16 hex digits. */
  readonly id: string;
  readonly hostname: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

interface EtcdStatusInfo {
  readonly member: string;
  readonly leader: string;
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly isLearner: boolean;
  readonly version: string;
}

export interface ServiceInfo {
  readonly id: string;
  readonly state: ServiceState;
  readonly health: 'OK' | '?' | 'Fail';
  readonly healthMessage: string;
  /** The newest last. */
  readonly events: readonly ServiceEvent[];
}

/** Talos source, machined/pkg/system/events; Skipped never happens to what is simulated. */
export type ServiceState =
  'Starting' | 'Waiting' | 'Preparing' | 'Running' | 'Stopping' | 'Finished' | 'Failed';

export interface ServiceEvent {
  readonly state: ServiceState;
  readonly message: string;
  /** Seconds ago. */
  readonly age: number;
}

/** A resource of the node's own state, as `talosctl get` shows it. */
export interface Resource {
  readonly namespace: string;
  readonly type: string;
  readonly id: string;
  readonly spec: Readonly<Record<string, unknown>> | string;
}

export interface ResourceList {
  readonly items: readonly Resource[];
  /** The additional columns of the table: heading and field of the spec. */
  readonly columns: readonly (readonly [string, string])[];
}

export interface ResetParameters {
  readonly graceful: boolean;
  readonly reboot: boolean;
  readonly wipeMode: 'all' | 'system-disk' | 'user-disks';
  readonly systemLabelsToWipe: readonly string[];
}

export interface HealthParameters {
  readonly controlPlaneNodes: readonly string[];
  readonly workerNodes: readonly string[];
}

/** One check of `talosctl health`; the first that fails is the last. */
export interface HealthCheck {
  readonly name: string;
  readonly outcome: 'OK' | 'SKIP' | 'FAIL';
  readonly detail?: string;
}

/** The calls of the simulated Talos API. */
export interface TalosMethods {
  ApplyConfiguration: {
    parameters: { readonly config: string; readonly mode: string; readonly dryRun: boolean };
    result: { readonly warnings: readonly string[]; readonly details: string };
  };
  Bootstrap: { parameters: { readonly recover: boolean }; result: Record<string, never> };
  Dmesg: { parameters: Record<string, never>; result: { readonly lines: readonly string[] } };
  EtcdForfeitLeadership: { parameters: Record<string, never>; result: Record<string, never> };
  EtcdLeave: { parameters: Record<string, never>; result: Record<string, never> };
  EtcdMembers: {
    parameters: Record<string, never>;
    result: { readonly members: readonly EtcdMemberInfo[] };
  };
  EtcdRemoveMember: { parameters: { readonly id: string }; result: Record<string, never> };
  EtcdSnapshot: { parameters: Record<string, never>; result: { readonly base64: string } };
  EtcdStatus: { parameters: Record<string, never>; result: EtcdStatusInfo };
  GenerateClientConfiguration: {
    parameters: { readonly roles: readonly string[]; readonly lifetimeMs: number };
    result: { readonly talosconfig: string };
  };
  Get: {
    parameters: { readonly type: string; readonly id?: string };
    result: ResourceList;
  };
  Health: {
    parameters: HealthParameters;
    result: { readonly nodes: readonly string[]; readonly checks: readonly HealthCheck[] };
  };
  Kubeconfig: { parameters: Record<string, never>; result: { readonly kubeconfig: string } };
  List: {
    parameters: { readonly path: string };
    /** Names relative to the path; the path itself is `.`. */
    result: { readonly names: readonly string[] };
  };
  Reboot: { parameters: Record<string, never>; result: { readonly actor: string } };
  Reset: { parameters: ResetParameters; result: { readonly actor: string } };
  Services: {
    parameters: Record<string, never>;
    result: { readonly services: readonly ServiceInfo[] };
  };
  Shutdown: { parameters: Record<string, never>; result: { readonly actor: string } };
  Version: { parameters: Record<string, never>; result: VersionInfo };
}
