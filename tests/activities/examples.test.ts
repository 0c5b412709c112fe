import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPracticeSite } from '../../examples/practice-site/server.ts';
import { parseRunbook } from '../../src/language/parse-runbook.ts';
import type { PlannedStep, StepReport, StepTask } from '../../src/contract/step-task.ts';
import { planSteps } from '../../src/domain/plan.ts';
import { resolveInputs } from '../../src/domain/resolve-inputs.ts';
import { openJob, startRig, type Rig, type Worker } from './rig.ts';

let rig: Rig;
let worker: Worker;
const practice = createPracticeSite();

beforeAll(async () => {
  await new Promise<void>((resolve) => practice.listen(0, '127.0.0.1', resolve));
  rig = await startRig();
  worker = await rig.startWorker();
});
afterAll(async () => {
  await rig.close();
  practice.closeAllConnections();
  await new Promise((resolve) => practice.close(resolve));
});

/** Every step of an example on the practice site, also those after a failed one. The delivery date stands for what `acquire` would compute. */
async function carryOut(name: string, inputs: Record<string, string> = {}) {
  const { port } = practice.address() as AddressInfo;
  const source = readFileSync(new URL(`../../examples/runbooks/${name}.yaml`, import.meta.url), 'utf8');
  const { runbook } = parseRunbook(source.replaceAll('http://practice.invalid', `http://127.0.0.1:${port}`));
  if (!runbook) throw new Error(`${name} has mistakes`);
  const { values, mistakes } = resolveInputs({ runbook, inputs, env: {}, envAllow: [] });
  expect(mistakes).toEqual([]);
  const job = await openJob(rig, worker, [...values, { name: 'deliveryDate', value: '2026-12-01', sensitive: false }]);
  const reports = new Map<string, StepReport>();
  let gen = 0;
  const run = ({ id, timeout, retries, effect, action, captures, approval }: PlannedStep, over: Partial<StepTask> = {}) =>
    job.run(
      job.task({ id, timeout, retries, effect, action, captures, approval }, { baseUrl: runbook.settings.baseUrl, gen: gen++, ...over }),
    );
  for (const step of planSteps(runbook)) {
    const seen = step.approval && (await run({ ...step, effect: 'read' }, { look: { runbook: null } }));
    if (seen) reports.set(`${step.id} seen`, seen);
    const digest = seen?.outcome === 'seen' ? seen.evidence.digest : undefined;
    const approved = digest !== undefined && { approved: { runbook: null, approvalId: 'ap-1', digest } };
    reports.set(step.id, await run(step, { ...approved }));
  }
  await rig.client.call('close', { jobId: job.jobId });
  return reports;
}

const outcomes = (reports: Map<string, StepReport>): string[] =>
  [...reports]
    .filter(([, r]) => r.outcome !== 'done' && r.outcome !== 'seen')
    .map(([id, r]) => `${id}: ${r.outcome === 'failed' ? `${r.error.code} ${r.error.message}` : r.outcome}`);
const captured = (report: StepReport | undefined): Record<string, string | null> =>
  Object.fromEntries(report?.outcome === 'done' ? report.captures.map((c) => [c.name, c.value]) : []);

test('an order is placed, with everything captured on the way', async () => {
  const reports = await carryOut('order-supplies');
  expect(outcomes(reports)).toEqual([]);
  expect(captured(reports.get('dashboard'))).toEqual({ openInvoices: '6' });
  expect(captured(reports.get('results'))).toEqual({ invoicesFound: '3', searchedFor: 'Northwind' });
  expect(captured(reports.get('table'))['overdue']).toBe('INV-2048');
  expect(captured(reports.get('overdue-invoice'))).toEqual({ amountDue: '€5,120.75' });
  const confirmation = captured(reports.get('confirmation'));
  expect(confirmation['orderNumber']).toMatch(/^HS-\d+$/);
  expect(confirmation['orderTotal']).toBe('€891.00');
  expect(confirmation['summary']).toBe(`${confirmation['orderNumber'] ?? ''}: €891.00, delivered on 2026-12-01 to Ines`);
  expect(JSON.stringify([...reports])).not.toContain('harbour-42');
});

test('the status of an invoice is found by its number', async () => {
  const reports = await carryOut('check-invoice-status', { invoice: ' inv-2046' });
  expect(outcomes(reports)).toEqual([]);
  expect(captured(reports.get('status'))).toEqual({
    status: 'Open',
    amount: '€7,604.15',
    due: '2026-10-25',
    finding: 'INV-2046 over €7,604.15, due 2026-10-25: Open',
  });
});

test('a late list costs retries, a missing button fails alone', async () => {
  const reports = await carryOut('flaky-search');
  expect(outcomes(reports)).toEqual([expect.stringMatching(/^missing-button: (element_not_found|page_structure_changed) /)]);
  expect(reports.get('late-row')).toMatchObject({ retries: 2 });
  expect(captured(reports.get('late-row'))).toEqual({ lightsInStock: '7' });
  expect(captured(reports.get('still-going'))).toEqual({ counted: 'Counted just now' });
});

test('a payment is shown to a person as it would leave, and is released once when it was approved', async () => {
  const reports = await carryOut('release-payments', { reference: 'Invoice 7711' });
  expect(outcomes(reports)).toEqual([]);
  expect(reports.get('release seen')).toMatchObject({
    outcome: 'seen',
    evidence: {
      sentence: 'Click “Release payment”',
      message: 'Run PR-118 pays €4,318.60 to Saltmarsh Rope Works. Released payments cannot be called back.',
      url: expect.stringMatching(/\/payments\/PR-118$/),
      values: expect.arrayContaining([
        { name: 'Payee', value: 'Saltmarsh Rope Works', from: 'form' },
        { name: 'Account number', value: 'HB-0042-7719-03', from: 'form' },
        { name: 'Amount', value: '€4,318.60', from: 'form' },
        { name: 'Reference', value: 'Invoice 7711', from: 'form' },
      ]),
    },
  });
  expect(captured(reports.get('transfer'))).toEqual({
    transferNumber: 'TR-88041',
    summary: 'TR-88041: €4,318.60 to Saltmarsh Rope Works, Invoice 7711',
  });
});
