#!/usr/bin/env node
/**
 * Fails when the first page of the console (JavaScript and CSS, gzip) is heavier than it may be. Reads the manifest of the build, so run `vite build web` first.
 * Usage: node bin/check-size.js [dist/web]
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const limit = 200_000;
const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../dist/web', import.meta.url)));

/**
 * The files that a browser fetches before the page stands: the entry and everything it imports statically.
 * @param {Record<string, { file: string, css?: string[], imports?: string[] }>} manifest
 * @param {string} name
 * @param {Set<string>} [seen]
 * @returns {Set<string>}
 */
function filesOf(manifest, name, seen = new Set()) {
  const chunk = manifest[name];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const imported of chunk.imports ?? []) filesOf(manifest, imported, seen);
  return seen;
}

const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);
if (!entry) throw new Error(`${folder} has no entry`);

let total = 0;
for (const file of filesOf(manifest, entry)) {
  const size = gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${file}`);
}
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  of ${limit / 1000} kB for the first page`);
if (total > limit) process.exitCode = 1;
