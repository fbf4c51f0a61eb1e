import { clusterYaml } from '../helpers/cluster-yaml.js';
import { testMatrix } from './matrix.js';
import { createScenario } from './scenarios.js';

const yaml = clusterYaml(1, 0, 'api: { endpoint: load_balancer }\n');

await testMatrix(await createScenario(yaml), {
  ...{ only: 'requests', light: true },
  // Its writes; a look that fails is met everywhere else, too.
  about: /^POST .*load_balancers/,
});
