import { clusterYaml } from '../helpers/rehearsal.js';
import { testMatrix } from './matrix.js';
import { replaceScenario } from './scenarios.js';
import { testSeveralFaults } from './several.js';

await testMatrix(await replaceScenario(clusterYaml(1, 1), ['demo-web-1']), { light: true });
await testSeveralFaults(await replaceScenario(clusterYaml(3, 0), ['demo-cp-1']), 10);
