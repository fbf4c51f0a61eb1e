import { clusterYaml } from '../helpers/rehearsal.js';
import { testMatrix } from './matrix.js';
import { scaleScenario } from './scenarios.js';

await testMatrix(
  await scaleScenario({ name: 'scale down', role: 'worker', yaml: clusterYaml(1, 2), count: 1 }),
);
