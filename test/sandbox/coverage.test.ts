import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kubernetesCoverage } from '../../src/sandbox/kubernetes/coverage.js';
import { ResourceCatalogue, storeKey } from '../../src/sandbox/kubernetes/resources.js';
import { coverageAreas, coveragePage } from '../helpers/coverage-page.js';
import { projectFolder } from '../helpers/source-files.js';

test('docs/sandbox.md is what the tables say; renew it with: npm run docs', async () => {
  await expect(coveragePage()).toMatchFileSnapshot(join(projectFolder, 'docs', 'sandbox.md'));
});

test.each(Object.entries(coverageAreas))(
  '%s: every line has its own subject and a note',
  (_, lines) => {
    const subjects = lines.map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    const wrong = lines.filter(
      ({ subject, note }) => `${subject}${note}`.includes('|') || !/[.:]$/.test(note),
    );
    expect(wrong).toEqual([]);
  },
);

test('every kind that Kubernetes serves is in one line', () => {
  const listed = kubernetesCoverage.flatMap(({ kinds = [] }) => kinds).sort();
  const served = new Set(new ResourceCatalogue().all().map(storeKey));
  expect(listed).toEqual([...served].sort());
});
