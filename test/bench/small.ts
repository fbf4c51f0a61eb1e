import {
  budgetFigures,
  changeFigures,
  controlPlaneFigures,
  creationFigures,
  type Numbers,
} from './rows.js';

/** The same figures of clusters that are made in a moment. */
export async function smallFigures(): Promise<Numbers> {
  return {
    ...(await creationFigures(6)),
    ...(await changeFigures(6, 4)),
    ...(await controlPlaneFigures()),
    ...(await budgetFigures(6, 150)),
  };
}
