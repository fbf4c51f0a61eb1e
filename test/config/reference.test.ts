import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchema, renderReference } from '../../src/config/reference.js';
import { rustExample } from './rust-example.js';

const root = join(import.meta.dirname, '..', '..');

test('docs/configuration.md is what the schema says; renew it with: npm run docs', async () => {
  expect(await readFile(join(root, 'docs', 'configuration.md'), 'utf8')).toBe(renderReference());
});

test('every key of the schema is described', () => {
  const undescribed = renderReference()
    .split('\n')
    .filter((line) => /^\| `.*\|\s+\|$/.test(line));
  expect(undescribed).toEqual([]);
});

test('the JSON Schema takes the examples and refuses unknown keys', async () => {
  const validate = new Ajv2020({ strict: true }).compile(jsonSchema());
  const example = parse(await readFile(join(root, 'cluster.example.yaml'), 'utf8')) as object;
  expect(validate(example)).toBe(true);
  expect(validate(parse(rustExample))).toBe(true);
  expect(validate({ ...example, wrokers: [] })).toBe(false);
  expect(validate({ ...example, 'x-pools': [] })).toBe(true);
});
