/** The first start shows something at once: an example runbook is carried out on the practice site. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const EXAMPLE = 'order-supplies';

/**
 * @param {{ api: string, homePath: string }} options
 * @returns {Promise<string | null>} the id of the job that was started; null: this is not the first start, or nobody wants one (UNDERSTUDY_EXAMPLE)
 * @throws {Error} with the API's answer, when it refuses
 */
export async function startExample({ api, homePath }) {
  if (process.env.UNDERSTUDY_EXAMPLE === 'off') return null;
  const key = readFileSync(join(homePath, 'api-key'), 'utf8').trim();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const system = await fetch(`${api}/api/system`, { headers });
  /** @type {{ firstRun?: boolean }} */
  const { firstRun } = await system.json();
  if (!firstRun) return null;
  const body = JSON.stringify({ runbookId: EXAMPLE, requestedBy: 'the first start' });
  const answer = await fetch(`${api}/api/jobs`, { method: 'POST', headers: { ...headers, 'idempotency-key': 'first-start' }, body });
  if (!answer.ok) throw new Error(`the example "${EXAMPLE}" was not started: HTTP ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  /** @type {{ id?: string, jobId?: string }} */
  const job = await answer.json();
  return job.id ?? job.jobId ?? null;
}
