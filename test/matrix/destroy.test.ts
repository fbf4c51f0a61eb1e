import { testMatrix } from './matrix.js';
import { destroyScenario, small } from './scenarios.js';

await testMatrix(await destroyScenario(small));
