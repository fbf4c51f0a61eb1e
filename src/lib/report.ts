/**
 * What happened, as data. Flows and steps emit it, the renderers in `ui/` decide how it looks.
 * No event ever carries a secret.
 */
export type ReportEvent =
  | { readonly type: 'step-start'; readonly id: number; readonly title: string }
  | {
      readonly type: 'step-detail';
      readonly id: number;
      readonly text: string;
      /** Since the step began. */
      readonly elapsedMs: number;
    }
  | {
      readonly type: 'step-done';
      readonly id: number;
      readonly title: string;
      readonly elapsedMs: number;
      /** What came out, in a few words: `10.0.0.0/16, id 42`. */
      readonly summary: string | undefined;
      /** It ended without what it asked for, and the run goes on: `0 of 3 answer`. */
      readonly unmet: boolean;
    }
  | {
      readonly type: 'step-failed';
      readonly id: number;
      readonly title: string;
      readonly elapsedMs: number;
    }
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'warning'; readonly message: string }
  /** Shown with `--verbose` only: requests, tool calls. */
  | { readonly type: 'debug'; readonly message: string };

export interface Reporter {
  emit(event: ReportEvent): void;
}
