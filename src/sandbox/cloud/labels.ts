import { z } from 'zod';
import { invalidField } from './api-error.js';

export type Labels = Record<string, string>;

/** Label syntax (hcloud-go, exp/labelutil/label.go). */
const keyPattern =
  /^([a-z0-9A-Z]((?:[-_.]|[a-z0-9A-Z]){0,253}[a-z0-9A-Z])?\/)?[a-z0-9A-Z]((?:[-_.]|[a-z0-9A-Z]|){0,61}[a-z0-9A-Z])?$/;
const valuePattern = /^(([a-z0-9A-Z](?:[-_.]|[a-z0-9A-Z]){0,61})?[a-z0-9A-Z]$|$)/;

/** The labels of a request body. */
export const labelsField = z.record(z.string(), z.string()).superRefine((labels, context) => {
  for (const [key, value] of Object.entries(labels)) {
    if (!keyPattern.test(key)) {
      context.addIssue({ code: 'custom', message: `invalid label key '${key}'` });
    } else if (key.startsWith('hetzner.cloud/')) {
      context.addIssue({ code: 'custom', message: `label prefix is reserved: '${key}'` });
    }
    if (!valuePattern.test(value)) {
      context.addIssue({ code: 'custom', message: `invalid label value '${value}'` });
    }
  }
});

type Term = (labels: Labels) => boolean;

/** Whether labels match a selector: `k`, `!k`, `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`. */
export function parseSelector(selector: string, field = 'label_selector'): Term {
  const terms = splitTerms(selector).map((text) => {
    const term = parseTerm(text.trim());
    if (!term) throw invalidField(field, `label selector is invalid: '${text}'`);
    return term;
  });
  return (labels) => terms.every((term) => term(labels));
}

function splitTerms(selector: string): string[] {
  return selector.split(/,(?![^(]*\))/);
}

function parseTerm(text: string): Term | undefined {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    if (!keyPattern.test(key) || !values.every((value) => valuePattern.test(value)))
      return undefined;
    // As with !=, a resource without the key is not in the list.
    return (labels) => values.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const comparison = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (comparison) {
    const [, key = '', operator, value = ''] = comparison;
    if (!keyPattern.test(key) || !valuePattern.test(value)) return undefined;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const negated = text.startsWith('!');
  const key = negated ? text.slice(1).trim() : text;
  if (!keyPattern.test(key)) return undefined;
  return (labels) => Object.hasOwn(labels, key) !== negated;
}
