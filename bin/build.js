/** `npm run build`: everything anew, whatever is there. */
import { ensureBuild } from './setup/build.js';
import { step } from './setup/steps.js';

await step('build', () => ensureBuild({ force: true }));
