import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { projectFolder } from '../helpers/source-files.js';
import { replaceSection, spansTable, tableOf } from './page.js';
import { plotOf } from './plot.js';
import { recorded, writeRecorded } from './recorded.js';
import {
  budgetFigures,
  changeFigures,
  clusterOf,
  defaultFigures,
  controlPlaneFigures,
  creation,
  creationFigures,
  imageFigures,
  pathSeconds,
  scarceFigures,
  usual,
  type Numbers,
} from './rows.js';
import { smallFigures } from './small.js';

const page = join(projectFolder, 'docs', 'performance.md');
const plot = join(projectFolder, 'docs', 'performance.svg');
const sizes = [0, 1, 3, 10, 20, 40, 60, 80, 97];

async function allFigures(): Promise<Numbers> {
  const large = await clusterOf(97);
  return {
    ...(await creationFigures(3)),
    ...(await creationFigures(97)),
    ...(await changeFigures(large, { workers: 97, fewer: 50 })),
    ...(await controlPlaneFigures(await clusterOf(3))),
    ...(await budgetFigures(97, 360)),
    ...(await budgetFigures(97, 100)),
    ...(await imageFigures(3)),
    ...(await defaultFigures()),
    ...(await scarceFigures(large, { workers: 97, fewer: 50, left: 150 })),
  };
}

async function pictureOf(): Promise<string> {
  const lines = [
    { name: 'requests 0 ms', colour: '#1b6', wire: { latencyMs: 0 } },
    { name: 'requests 200 ms, an order 1 s', colour: '#c33', wire: usual },
  ];
  const drawn = [];
  for (const { wire, ...line } of lines) {
    const points: [number, number][] = [];
    for (const size of sizes) points.push([size, (await creation(size, wire)).seconds]);
    drawn.push({ ...line, points });
  }
  return plotOf(drawn, pathSeconds);
}

test('the figures, their page and its plot', { timeout: 600_000 }, async () => {
  const now = await allFigures();
  const before = recorded().before;
  writeRecorded({ before, now, small: await smallFigures() });
  const table = tableOf(before, now);
  const spans = spansTable(await creation(97, usual));
  const text = replaceSection(readFileSync(page, 'utf8'), 'figures', table);
  writeFileSync(page, replaceSection(text, 'steps', spans));
  writeFileSync(plot, await pictureOf());
  console.log(`\n${table}`);
});
