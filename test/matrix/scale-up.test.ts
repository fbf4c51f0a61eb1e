import { clusterYaml } from '../helpers/rehearsal.js';
import { testMatrix } from './matrix.js';
import { scaleScenario } from './scenarios.js';

// What it looks at before its plan, and how, is all in the matrix of the scale down.
await testMatrix(
  await scaleScenario({ name: 'scale up', role: 'worker', yaml: clusterYaml(1, 1), count: 2 }),
  { light: true },
);
