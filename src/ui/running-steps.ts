import { withoutMarks } from '../lib/command-marks.js';
import type { ReportEvent } from '../lib/report.js';
import { elapsedText } from './lines.js';
import { cut, oneLine, widthOf } from './wrap.js';

/** Steps that are done sooner need no clock. */
const clockAfterMs = 5_000;

interface RunningStep {
  readonly title: string;
  readonly detail: string;
  /** Since it began, as of its last fact. */
  readonly elapsedMs: number;
}

/** The steps under way, in the order in which they began, each with its present fact. */
export class RunningSteps {
  readonly #steps = new Map<number, RunningStep>();
  readonly #clockLabel: string | undefined;

  /** `clockLabel` marks elapsed times that are not real ones. */
  constructor(clockLabel: string | undefined) {
    this.#clockLabel = clockLabel;
  }

  apply(event: ReportEvent): void {
    if (event.type === 'step-start') {
      this.#steps.set(event.id, { title: withoutMarks(event.title), detail: '', elapsedMs: 0 });
    } else if (event.type === 'step-detail') {
      const step = this.#steps.get(event.id);
      const { elapsedMs } = event;
      const detail = withoutMarks(oneLine(event.text));
      if (step) this.#steps.set(event.id, { ...step, detail, elapsedMs });
    } else if (event.type === 'step-done' || event.type === 'step-failed') {
      this.#steps.delete(event.id);
    }
  }

  get size(): number {
    return this.#steps.size;
  }

  /** A step with its time and its present fact: `Wait for Talos (1m 20s): connection refused`. */
  lineOf(id: number): string | undefined {
    const step = this.#steps.get(id);
    return step && this.#line(step);
  }

  /**
   * All of them on one line of at most `width` characters: with every fact when there is room,
   * else with that of the oldest only, which is the one that the others wait for.
   */
  summarize(width: number): string {
    const steps = [...this.#steps.values()].map((step) => ({
      title: step.title,
      full: this.#line(step),
    }));
    const [oldest, ...others] = steps;
    if (!oldest) return '';
    const more = others.length === 0 ? '' : ` +${others.length} more`;
    const wordings = [
      steps.map(({ full }) => full).join(' · '),
      [oldest.full, ...others.map(({ title }) => title)].join(' · '),
    ];
    const fitting = wordings.find((wording) => widthOf(wording) <= width);
    return fitting ?? cut(cut(oldest.full, width - more.length) + more, width);
  }

  #line({ title, detail, elapsedMs }: RunningStep): string {
    const clock = elapsedMs < clockAfterMs ? '' : ` ${elapsedText(elapsedMs, this.#clockLabel)}`;
    return `${title}${clock}${detail === '' ? '' : `: ${detail}`}`;
  }
}
