const limits = 'the limit range of the list gave the pod a request; here none acts';

/** Commands of which an answer may differ from the real one, and why that is so. */
export const differs: Readonly<Record<string, string>> = {
  'delete-cascade': 'what it made is let go at once; the real one shows the object until it is',
  run: limits,
  'wait-delete': limits,
};
