import { endAction, nextEnding } from './actions.js';
import { applyEffect } from './effects.js';
import { reconcileSelectors } from './firewall-targets.js';
import type { Project } from './project.js';
import { switchOff } from './server-changes.js';

interface Event {
  readonly at: number;
  happen(): void;
}

/** When something next happens by itself in the project. */
export function nextEvent(project: Project): number | undefined {
  return soonest(project)?.at;
}

/** Lets everything happen that is due, in its order and each at its own time. */
export function advanceProject(project: Project, now: number): void {
  for (let event = soonest(project); event && event.at <= now; event = soonest(project)) {
    project.now = Math.max(project.now, event.at);
    event.happen();
    reconcileSelectors(project);
  }
  project.now = Math.max(project.now, now);
}

function soonest(project: Project): Event | undefined {
  const ending = nextEnding(project);
  const events: Event[] = [...shutdowns(project), ...applications(project), ...releases(project)];
  if (ending) {
    events.push({
      at: ending.dueAt,
      happen: () => {
        const succeeded = endAction(project, ending);
        if (ending.effect) applyEffect(project, ending.effect, succeeded);
      },
    });
  }
  return events.reduce<Event | undefined>(
    (first, event) => (first && first.at <= event.at ? first : event),
    undefined,
  );
}

function shutdowns(project: Project): Event[] {
  return project.servers.all().flatMap((server) => {
    const { offAt } = server;
    if (offAt === null) return [];
    return {
      at: offAt,
      happen: () => {
        switchOff(server);
      },
    };
  });
}

function applications(project: Project): Event[] {
  return project.servers
    .all()
    .flatMap((server) => server.firewalls)
    .flatMap((entry) => {
      if (entry.appliesAt === null) return [];
      return {
        at: entry.appliesAt,
        happen: () => {
          entry.applied = true;
          entry.appliesAt = null;
        },
      };
    });
}

function releases(project: Project): Event[] {
  return [...project.networks.all(), ...project.firewalls.all()].flatMap((holder) =>
    holder.releasing.map(({ until }) => ({
      at: until,
      happen: () => {
        dropReleased(holder, until);
      },
    })),
  );
}

function dropReleased(holder: { releasing: { readonly until: number }[] }, at: number): void {
  holder.releasing = holder.releasing.filter((entry) => entry.until > at);
}
