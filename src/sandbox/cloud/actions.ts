import type { ActionRecord } from './action-records.js';
import type { Project } from './project.js';
import { timestamp } from './time.js';

export function renderAction(action: ActionRecord): object {
  return {
    id: action.id,
    command: action.command,
    status: action.status,
    started: timestamp(action.started),
    finished: action.finished === null ? null : timestamp(action.finished),
    progress: action.status === 'running' ? 0 : 100,
    resources: action.resources.map(({ id, type }) => ({ id, type })),
    error: action.error,
  };
}

/** The running action that ends next. */
export function nextEnding(project: Project): (ActionRecord & { dueAt: number }) | undefined {
  let next: (ActionRecord & { dueAt: number }) | undefined;
  for (const action of project.actions.all()) {
    if (action.status !== 'running' || !isDated(action)) continue;
    if (!next || action.dueAt < next.dueAt) next = action;
  }
  return next;
}

function isDated(action: ActionRecord): action is ActionRecord & { dueAt: number } {
  return action.dueAt !== null;
}

/** Ends an action, and begins or fails those that wait for it. Returns whether it succeeded. */
export function endAction(project: Project, action: ActionRecord): boolean {
  action.finished = project.now;
  action.error = action.failure;
  action.status = action.failure ? 'error' : 'success';
  for (const waiting of project.actions.all()) {
    if (waiting.after !== action.id || waiting.status !== 'running') continue;
    waiting.failure ??= action.failure;
    waiting.dueAt = project.now + (action.failure ? 0 : waiting.durationMs);
  }
  return action.error === null;
}
