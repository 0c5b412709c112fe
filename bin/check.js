/** `npm run check [name ...]` */
import { runChecks } from './checks.js';

const names = process.argv.slice(2);
const { failed } = await runChecks(names.length > 0 ? names : undefined);
process.exitCode = failed > 0 ? 1 : 0;
