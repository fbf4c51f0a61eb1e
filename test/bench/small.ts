import {
  budgetFigures,
  changeFigures,
  clusterOf,
  controlPlaneFigures,
  creationFigures,
  imageFigures,
  type Numbers,
} from './rows.js';

/** The same figures of clusters that are made in a moment. */
export async function smallFigures(): Promise<Numbers> {
  const cluster = await clusterOf(6);
  return {
    ...(await creationFigures(6, ['0 ms', '200 ms, an order 1 s'])),
    ...(await changeFigures(cluster, { workers: 6, fewer: 4 })),
    ...(await controlPlaneFigures(cluster)),
    ...(await budgetFigures(6, 150)),
    ...(await imageFigures(1, ['0 ms'])),
  };
}
