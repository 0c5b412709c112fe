import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseRunbook } from '../language/parse-runbook.ts';
import type { Db } from '../db/database.ts';
import { findRunbook, insertRunbook, insertRunbookVersion, listRunbooks } from '../db/runbooks.ts';

/** What stands for the practice site in the examples. */
const placeholder = 'http://practice.invalid';

type Seeding = { db: Db; /** of the example runbooks (*.yaml) */ dir: string; practiceUrl: string };
type Example = { id: string; source: string };

/**
 * Stores the examples when there is no runbook at all. Later only those whose practice address has changed get a new version; one that a person
 * has edited or removed is left alone. Gives the ids that were written.
 * @throws Error that names an example with mistakes
 */
export async function seedExamples({ db, dir, practiceUrl }: Seeding): Promise<string[]> {
  const address = practiceUrl.replace(/\/+$/, '');
  const examples = await readExamples(dir);
  const first = (await listRunbooks(db)).length === 0;
  const written: string[] = [];
  for (const { id, source } of examples) {
    const text = { source: source.replaceAll(placeholder, address) };
    const write = first ? insertRunbook : (await wasMoved(db, { id, source }, text.source)) ? insertRunbookVersion : undefined;
    if (await write?.(db, id, { ...text, parsed: parsed(id, text.source) })) written.push(id);
  }
  return written;
}

async function readExamples(dir: string): Promise<Example[]> {
  const files = (await readdir(dir)).filter((name) => /\.ya?ml$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => ({ id: basename(name).replace(/\.ya?ml$/, ''), source: await readFile(join(dir, name), 'utf8') })),
  );
}

function parsed(id: string, source: string) {
  const { runbook, errors } = parseRunbook(source);
  if (!runbook || errors.length > 0)
    throw new Error(`the example ${id} has mistakes: ${errors.map((e) => `line ${e.line}: ${e.message}`).join('; ')}`);
  return runbook;
}

/** The stored text is the example with another practice address. */
async function wasMoved(db: Db, { id, source }: Example, wanted: string): Promise<boolean> {
  const stored = await findRunbook(db, id);
  if (!stored || stored.source === wanted) return false;
  const escaped = source.split(placeholder).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('https?://[\\w.\\[\\]-]+(?::\\d+)?')}$`).test(stored.source) && escaped.length > 1;
}
