import type { ShownPlan } from '../cluster/plan/plan.js';
import { spell, spellData, writeOutData } from '../lib/commands.js';
import type { ReportEvent } from '../lib/report.js';
import { renderJson } from '../ui/json.js';
import { renderPlan } from '../ui/plan.js';
import { createReporter } from '../ui/reporter.js';
import type { UiReporter } from '../ui/render-options.js';
import { shownData, type Looks } from '../ui/style.js';
import { clearScreen, looksOf, selectMode } from '../ui/terminal.js';
import type { CliIo, GlobalOptions } from './io.js';
import { jsonReporter } from './json-progress.js';
import { spellingOf } from './own-command.js';

/** What a command shows: progress to stderr, its result to stdout. */
export interface Ui {
  readonly reporter: UiReporter;
  /** Whether a plan was shown that is then carried out. */
  carriesOut(): boolean;
  /** The plan of a run that goes on to carry it out. */
  showPlan(plan: ShownPlan): void;
  /** Something that the user should see before the command goes on. */
  show<T>(view: T, render: Render<T>): void;
  /** The result as it is now, in place of the one that was shown before. */
  redraw<T>(view: T, render: Render<T>): void;
  /** The plan as the command's result. */
  printPlan(plan: ShownPlan): void;
  /**
   * The command's result: as a text, or with `--json` as a document, which is the result itself unless
   * another one is given.
   */
  print<T>(result: T, render: Render<T>, document?: object): void;
  /** How the result's text may look on stdout. */
  readonly looks: Looks;
  stop(): void;
}

/**
 * Makes a text of what is shown. What it is given comes from outside in many ways, so it arrives with
 * nothing in it that a terminal would obey: neither escapes nor line breaks.
 */
type Render<T> = (shown: T) => string;

/** What is shown differently of some commands. */
interface UiOptions extends GlobalOptions {
  readonly brief?: boolean;
  /** Nothing of it happens in simulated time, also in a rehearsal. */
  readonly inRealTime?: boolean;
}

export function createUi(io: CliIo, options: UiOptions): Ui {
  const { stdout, stderr, env } = io;
  const looks = { stdout: looksOf(stdout, env), stderr: looksOf(stderr, env) };
  let carriesOut = false;
  let leftLines = false;
  const { progress } = io;
  const spelling = spellingOf(options);
  const inText = createReporter({
    stream: stderr,
    mode: selectMode({ isTTY: stderr.isTTY, columns: stderr.columns, env }),
    verbose: options.verbose ?? false,
    ...looks.stderr,
    brief: options.brief,
    clockLabel: options.sandbox && !options.inRealTime ? 'simulated' : undefined,
  });
  const events = progress ? jsonReporter(progress, options.verbose ?? false) : inText;
  const reporter: UiReporter = {
    ...events,
    emit: (event) => {
      leftLines ||= leavesLine(event, options);
      events.emit((progress ? spellData : writeOutData)(event, spelling));
    },
  };
  // Commands are written out before the layout sees how wide they are; the layout's own come after it.
  const textOf = <T>(view: T, render: Render<T>, where: Looks): string =>
    spell(render(shownData(writeOutData(view, spelling), where)), spelling);
  // On one screen, a result stands apart from the steps above it.
  const isOneScreen = stdout.isTTY === true && stderr.isTTY === true;
  const apart = (text: string): string =>
    isOneScreen && leftLines && !text.startsWith('\n') ? `\n${text}` : text;
  const print: Ui['print'] = (result, render, document) => {
    reporter.stop();
    if (options.json) stdout.write(renderJson(spellData(document ?? result, spelling)));
    else stdout.write(apart(textOf(result, render, looks.stdout)));
  };
  const show: Ui['show'] = (view, render) => {
    reporter.stop();
    stderr.write(textOf(view, render, looks.stderr));
  };
  return {
    reporter,
    redraw: (view, render) => {
      stdout.write(`${clearScreen}${textOf(view, render, looks.stdout)}`);
    },
    carriesOut: () => carriesOut,
    showPlan: (plan) => {
      carriesOut = true;
      if (progress)
        progress({
          type: 'plan',
          message: planMessage,
          plan: spellData(planDocument(plan), spelling),
        });
      else show(plan, (shown) => `\n${renderPlan(shown, looks.stderr)}\n`);
    },
    show,
    printPlan: (plan) => {
      print(plan, (shown) => renderPlan(shown, looks.stdout), planDocument(plan));
    },
    print,
    looks: looks.stdout,
    stop: () => {
      reporter.stop();
    },
  };
}

const planMessage = 'what is carried out now';

/** Whether something stands on the screen for it when the result comes. */
function leavesLine(event: ReportEvent, { brief = false, verbose = false }: UiOptions): boolean {
  if (event.type === 'step-done') return event.unmet || verbose || !brief;
  return ['note', 'warning', 'step-failed'].includes(event.type);
}

/** A plan for machines: stable keys, no internals. */
function planDocument(plan: ShownPlan): object {
  const { cluster, changes, differences, stays, cost, notes, warnings } = plan;
  return { cluster, changes, differences, stays, monthlyCost: cost, notes, warnings };
}
