import { testMatrix } from './matrix.js';
import { createScenario, small } from './scenarios.js';

await testMatrix(await createScenario(small), { only: 'tools', light: true });
