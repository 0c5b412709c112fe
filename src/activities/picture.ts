/** A picture of a page as an artifact, with everything covered that nobody may see. */
import { randomUUID } from 'node:crypto';
import type { Frame, Locator, Page } from 'playwright';
import type { Artifact } from '../contract/artifact.ts';
import type { WorkerDependencies } from './dependencies.ts';
import { within } from './race.ts';

const shortestSecretInText = 4;
const fields = 'input, textarea, select, [contenteditable]';

export type Shot = { page: Page; jobId: string; stepId: string | null; name: string; secrets: readonly string[]; limitMs: number };

/** The artifact's id; undefined when the page does not answer in time, or a secret on it could not be covered. Never rejects. */
export async function takePicture(
  shot: Shot,
  { store, index, log }: Pick<WorkerDependencies, 'store' | 'index' | 'log'>,
): Promise<string | undefined> {
  const bytes = await within(shot.limitMs, photograph(shot));
  if (!bytes) return undefined;
  try {
    const { jobId, stepId, name } = shot;
    const stored = await store.put({ jobId, name, type: 'image/jpeg', bytes });
    const row: Artifact = {
      id: stored.id,
      jobId,
      stepId,
      kind: 'screenshot',
      name,
      type: 'image/jpeg',
      bytes: stored.bytes,
      sha256: stored.sha256,
      detail: null,
      createdAt: new Date().toISOString(),
    };
    await index.record(row);
    return stored.id;
  } catch (error) {
    log.warn({ jobId: shot.jobId, error: String(error) }, 'a picture could not be stored');
    return undefined;
  }
}

async function photograph({ page, secrets, limitMs }: Shot): Promise<Buffer> {
  const masks = await Promise.all(
    page
      .frames()
      .slice(0, 30)
      .map((frame) => masksOf(frame, secrets)),
  );
  return page.screenshot({ type: 'jpeg', quality: 60, mask: masks.flat(), maskColor: '#000000', timeout: limitMs, animations: 'allow' });
}

/** The secrets go only into Playwright's isolated world (text locators), or stay here (values of fields): a page's own scripts never see them. */
async function masksOf(frame: Frame, secrets: readonly string[]): Promise<Locator[]> {
  const values = await frame
    .locator(fields)
    .evaluateAll((elements) =>
      elements.slice(0, 2_000).map((e) => ('value' in e && typeof e.value === 'string' ? e.value : (e.textContent ?? '')).slice(0, 20_000)),
    );
  const holding = values.flatMap((value, nth) =>
    secrets.some((secret) => value.includes(secret)) ? [frame.locator(fields).nth(nth)] : [],
  );
  const texts = secrets.filter((secret) => secret.length >= shortestSecretInText).map((secret) => frame.getByText(secret));
  return [frame.locator('input[type=password]'), ...holding, ...texts];
}

export const pictureName = (stepId: string): string => `${stepId}-${randomUUID().slice(0, 8)}.jpg`;
