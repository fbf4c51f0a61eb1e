import { shortYaml } from '../helpers/cluster-yaml.js';
import { testMatrix } from './matrix.js';
import { createScenario } from './scenarios.js';

await testMatrix(await createScenario(shortYaml(1, 0)), {
  ...{ only: 'tools', light: true },
  // One that the cluster needs, one that it can do without; all other calls are met elsewhere.
  aboutCalls: /^helm upgrade hcloud/,
});
