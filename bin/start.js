/** `npm start`: sets up what is missing, then runs everything until Ctrl-C. */
import { setUp } from './setup/set-up.js';
import { supervise } from './supervisor/supervise.js';

const began = performance.now();
try {
  const tools = await setUp();
  await supervise(tools, { began });
  process.exit(0);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
