/** `npm run generate` runs it: writes openapi.json beside this file. */
import { writeFileSync } from 'node:fs';
import packageJson from '../../package.json' with { type: 'json' };
import { createOpenApi } from './openapi.ts';

writeFileSync(new URL('./openapi.json', import.meta.url), `${JSON.stringify(createOpenApi(packageJson.version), null, 2)}\n`);
