import type { Coverage } from '../coverage.js';

/** A line of Kubernetes' list: of kinds that it is about, or of requests (then without `kinds`). */
export interface KubernetesCoverage extends Coverage {
  /** As the store names them: `pods`, `deployments.apps`; all kinds that are served are in one line. */
  readonly kinds?: readonly string[];
  /** What a write of a kind that has no effect is answered with; it follows “the sandbox stores”. */
  readonly warning?: string;
}
