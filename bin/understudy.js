#!/usr/bin/env node
/** `npx understudy`: the command as it was built, or from its sources when they are newer. Sets nothing up. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './root.js';

const built = join(ROOT, 'dist', 'cli.main.js');
const source = join(ROOT, 'src', 'cli.main.ts');

async function isBuilt() {
  if (!existsSync(source)) return true;
  const { isUpToDate } = await import('./setup/build.js');
  return isUpToDate('servers');
}

if (!existsSync(join(ROOT, 'node_modules', 'commander'))) {
  console.error(`understudy: the packages are not there yet. Run npm install (or npm start) in ${ROOT} once.`);
  process.exit(2);
}
if (await isBuilt()) await import(pathToFileURL(built).href);
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import(pathToFileURL(source).href);
}
