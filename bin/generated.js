/** Files that a program writes and that are committed: the OpenAPI document and the migrations of the database. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.js';
import { run } from './run.js';

const GENERATED = ['src/api/openapi.json', 'src/db/migrations'];

/** Writes them anew. */
export async function generate() {
  await run(`${ROOT}/node_modules/.bin/drizzle-kit`, ['generate'], { cwd: ROOT });
  await run(process.execPath, ['--import', 'tsx', join(ROOT, 'src/api/write-openapi.ts')], { cwd: ROOT });
}

/**
 * Writes them anew, compares, and puts back what was there.
 * @throws {Error} that names what differs
 */
export async function checkGenerated() {
  const before = mkdtempSync(join(tmpdir(), 'understudy-generated-'));
  try {
    for (const path of GENERATED) cpSync(join(ROOT, path), join(before, path), { recursive: true });
    await generate();
    const differing = GENERATED.filter((path) => content(join(ROOT, path)) !== content(join(before, path)));
    for (const path of differing) {
      rmSync(join(ROOT, path), { recursive: true });
      cpSync(join(before, path), join(ROOT, path), { recursive: true });
    }
    if (differing.length > 0)
      throw new Error(`not up to date: ${differing.join(', ')}; run \`npm run generate\` and commit what it writes`);
  } finally {
    rmSync(before, { recursive: true, force: true });
  }
}

/**
 * @param {string} path
 * @returns {string} of a folder: all its files, with their names
 */
function content(path) {
  if (!existsSync(path)) return '';
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8');
  return readdirSync(path)
    .sort()
    .map((name) => `${name}\n${content(join(path, name))}`)
    .join('\n');
}
