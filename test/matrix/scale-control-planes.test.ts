import { clusterYaml } from '../helpers/rehearsal.js';
import { testMatrix } from './matrix.js';
import { scaleScenario } from './scenarios.js';

const role = 'control-plane';

await testMatrix(
  await scaleScenario({ name: 'control planes up', role, yaml: clusterYaml(1, 0), count: 3 }),
  { light: true },
);
await testMatrix(
  await scaleScenario({ name: 'control planes down', role, yaml: clusterYaml(3, 0), count: 1 }),
  { light: true },
);
