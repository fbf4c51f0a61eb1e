/** What the simulated internet answers. */
export interface Download {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
  /** Where it is instead: a path of the same server. */
  readonly location?: string;
  /** When the answer begins, simulated ms; at once unless given. */
  readonly from?: number;
  /** After so many bytes the connection breaks. */
  readonly breaksAt?: number;
  /** After so many bytes nothing more comes, and the connection stays. */
  readonly stallsAt?: number;
}

/** What is asked of it. */
export interface DownloadRequest {
  readonly method: string;
  readonly body: string;
  /** Who asks; the machine of the operator unless given. */
  readonly by?: Caller;
}

/** `builder`: a server of the simulated cloud. */
export type Caller = 'operator' | 'builder';
