import { clusterYaml } from '../helpers/rehearsal.js';
import { testMatrix } from './matrix.js';
import { scaleScenario } from './scenarios.js';

const role = 'control-plane';
/** More than a thousand cells each, and most of them are polls: all writes, and some of the rest. */
const sampled = 60;

await testMatrix(
  await scaleScenario({ name: 'control planes up', role, yaml: clusterYaml(1, 0), count: 3 }),
  { sampled },
);
await testMatrix(
  await scaleScenario({ name: 'control planes down', role, yaml: clusterYaml(3, 0), count: 1 }),
  { sampled },
);
