import { clusterYaml } from '../helpers/rehearsal.js';
import { isFullMatrix } from '../helpers/seed.js';
import { testSeveralFaults } from './several.js';
import { createScenario, destroyScenario, scaleScenario, small } from './scenarios.js';

const cases = isFullMatrix ? 50 : 15;

await testSeveralFaults(await createScenario(small), cases);
await testSeveralFaults(
  await scaleScenario({ name: 'scale down', role: 'worker', yaml: clusterYaml(1, 2), count: 1 }),
  cases,
);
await testSeveralFaults(
  await scaleScenario({
    ...{ name: 'control planes down', role: 'control-plane' },
    ...{ yaml: clusterYaml(3, 0), count: 1 },
  }),
  cases,
);
await testSeveralFaults(await destroyScenario(small), cases);
