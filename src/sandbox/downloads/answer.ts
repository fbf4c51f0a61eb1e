/** What the simulated internet answers. */
export interface Download {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
}

/** What is asked of it. */
export interface DownloadRequest {
  readonly method: string;
  readonly body: string;
}
