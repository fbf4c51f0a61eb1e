import type { ReportEvent } from '../lib/report.js';
import { cut, oneLine, widthOf } from './style.js';

/** The steps under way, in the order in which they began, each with its present fact. */
export class RunningSteps {
  readonly #steps = new Map<number, { readonly title: string; readonly detail: string }>();

  apply(event: ReportEvent): void {
    if (event.type === 'step-start') {
      this.#steps.set(event.id, { title: event.title, detail: '' });
    } else if (event.type === 'step-detail') {
      const step = this.#steps.get(event.id);
      if (step) this.#steps.set(event.id, { ...step, detail: oneLine(event.text) });
    } else if (event.type === 'step-done' || event.type === 'step-failed') {
      this.#steps.delete(event.id);
    }
  }

  get size(): number {
    return this.#steps.size;
  }

  titleOf(id: number): string | undefined {
    return this.#steps.get(id)?.title;
  }

  /**
   * All of them on one line of at most `width` characters: with every fact when there is room,
   * else with that of the oldest only, which is the one that the others wait for.
   */
  summarize(width: number): string {
    const steps = [...this.#steps.values()].map(({ title, detail }) => ({
      title,
      full: detail === '' ? title : `${title}: ${detail}`,
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
}
