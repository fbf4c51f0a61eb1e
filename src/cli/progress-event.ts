import type { ErrorDocument } from './error-document.js';

/** What happens, for machines: one of these on each line of stderr, with `--progress json`. */
export type ProgressEvent =
  | { readonly type: 'step-began'; readonly step: number; readonly message: string }
  | {
      readonly type: 'fact' | 'step-failed';
      readonly step: number;
      readonly message: string;
      readonly elapsedMs: number;
    }
  | {
      readonly type: 'step-ended';
      readonly step: number;
      readonly message: string;
      readonly elapsedMs: number;
      readonly summary: string | null;
      /** It ended without what it asked for, and the run goes on. */
      readonly unmet: boolean;
    }
  | { readonly type: 'note' | 'warning' | 'debug' | 'text'; readonly message: string }
  | { readonly type: 'plan'; readonly message: string; readonly plan: object }
  | { readonly type: 'error'; readonly message: string; readonly error: ErrorDocument };
