import { watchTargets } from '../helpers/balancers.js';
import { clusterYaml } from '../helpers/rehearsal.js';
import { testMatrix } from './matrix.js';
import { clusterBegin, replaceFrom, scaleFrom, type Scenario } from './scenarios.js';

const role = 'control-plane';
const balanced = (count: number): Promise<Scenario['begin']> =>
  clusterBegin(clusterYaml(count, 0, 'api: { endpoint: load_balancer }\n'));
const [three, five] = await Promise.all([balanced(3), balanced(5)]);

const scenarios: readonly Scenario[] = [
  scaleFrom(three, { name: 'control planes up behind a load balancer', role, count: 5 }),
  scaleFrom(five, { name: 'control planes down behind a load balancer', role, count: 3 }),
  replaceFrom(three, ['demo-cp-2']),
];

for (const scenario of scenarios) {
  await testMatrix(
    { ...scenario, watch: watchTargets },
    // What else is asked of Hetzner is the same without a load balancer.
    { about: /load_balancers/, stops: true, cells: 1 },
  );
}
