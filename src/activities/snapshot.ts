/** The document of a page in which a step has failed, as it was: to be read, never to be run. */
import type { Page } from 'playwright';
import type { Artifact } from '../contract/artifact.ts';
import type { PictureMeans } from './picture.ts';
import { within } from './race.ts';

type Failed = { jobId: string; stepId: string; redact: (text: string) => string };

const readMs = 1_000;
const mostCharacters = 5_000_000;

/** Masked. Never rejects; a page that does not answer in time has none. */
export async function keepSnapshot(page: Page, { jobId, stepId, redact }: Failed, { store, index, log }: PictureMeans): Promise<void> {
  const html = await within(readMs, page.evaluate(serialise));
  if (html === undefined || html === '') return;
  const name = `${stepId}-page.html`;
  try {
    const stored = await store.put({ jobId, name, type: 'text/html', bytes: Buffer.from(redact(html).slice(0, mostCharacters)) });
    const row: Artifact = {
      ...{ id: stored.id, jobId, stepId, kind: 'snapshot', name, type: 'text/html', bytes: stored.bytes, sha256: stored.sha256 },
      createdAt: new Date().toISOString(),
      detail: { because: 'failure' },
    };
    await index.record(row);
  } catch (error) {
    log.warn({ jobId, error: String(error) }, 'a snapshot could not be stored');
  }
}

/** Runs in the page, which may lie. Values that were typed stand as attributes; those of password fields are left out. */
function serialise(): string {
  const copy = document.documentElement.cloneNode(true) as HTMLElement;
  const fields = 'input, textarea';
  const typed = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(fields)];
  copy.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(fields).forEach((field, nth) => {
    const { type = '', value = '' } = typed[nth] ?? {};
    field.setAttribute('value', type === 'password' ? '' : value);
  });
  return `<!doctype html>\n${copy.outerHTML}`;
}
