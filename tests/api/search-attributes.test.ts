/** The jobs' search attributes on a real server, in namespaces that have them, lack them, or have them otherwise. */
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTemporalGateway, type TemporalGateway } from '../../src/api/temporal-gateway.ts';
import { jobInput } from '../db/jobs.ts';
import { temporalAddress } from '../support/temporal.ts';
import { openApiBench, type ApiBench } from './api-bench.ts';

let connection: Connection;
let gateways: TemporalGateway[] = [];
beforeAll(async () => {
  connection = await Connection.connect({ address: temporalAddress() });
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await connection.close();
});

const gatewayTo = (namespace: string): TemporalGateway => {
  const gateway = createTemporalGateway({ connection: { address: temporalAddress() }, namespace, queuePrefix: `${namespace}-` });
  gateways = [...gateways, gateway];
  return gateway;
};
async function newNamespace(): Promise<string> {
  const namespace = `n-${randomBytes(5).toString('hex')}`;
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 } as never });
  const client = new Client({ connection, namespace });
  // the server's parts learn of a namespace one after the other
  await vi.waitFor(() => client.workflow.count(), { timeout: 20_000, interval: 200 });
  await vi.waitFor(() => client.workflow.start('x', { workflowId: `probe-${Math.random()}`, taskQueue: 'x' }), {
    timeout: 20_000,
    interval: 200,
  });
  return namespace;
}
const attributesOf = async (namespace: string, workflowId: string) => {
  const found = await new Client({ connection, namespace }).workflow.getHandle(workflowId).describe();
  return Object.fromEntries(found.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
};
const inputOf = async (namespace: string, workflowId: string): Promise<unknown> => {
  const { events } = await new Client({ connection, namespace }).workflow.getHandle(workflowId).fetchHistory();
  const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  return JSON.parse(Buffer.from(payload?.data ?? []).toString('utf8'));
};

test('missing ones are added, and a job starts with all of them', async () => {
  const namespace = await newNamespace();
  const gateway = gatewayTo(namespace);
  const answers = await Promise.all([gateway.ensureSearchAttributes(), gateway.ensureSearchAttributes()]);
  expect(answers).toEqual([1, 2].map(() => ({ known: true, detail: 'JobStatus, Runbook, RequestedBy, NeedsApproval' })));
  const input = jobInput('j-1', {
    requestedBy: 'é'.repeat(300),
    runbook: { id: 'bills', version: 3 },
    scheduledFor: '2030-01-01T00:00:00.000Z',
  });
  await vi.waitFor(
    async () => {
      await gateway.start({ ...input, jobId: `j-${Math.random()}` });
      expect((await gateway.ensureSearchAttributes()).known).toBe(true);
    },
    { timeout: 10_000 },
  );
  await gateway.start(input);
  expect(await attributesOf(namespace, 'j-1')).toEqual({
    ...{ JobStatus: 'scheduled', Runbook: 'bills', RequestedBy: 'é'.repeat(200), NeedsApproval: false },
  });
  expect(await inputOf(namespace, 'j-1')).toMatchObject({ jobId: 'j-1', searchAttributes: true });
});

test('where one has another type, jobs start without any, and the system says why', async () => {
  const namespace = await newNamespace();
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: { NeedsApproval: 2 } });
  const gateway = gatewayTo(namespace);
  const detail = expect.stringContaining('NeedsApproval (is not a Bool)') as string;
  await vi.waitFor(async () => expect(await gatewayTo(namespace).ensureSearchAttributes()).toEqual({ known: false, detail }), {
    timeout: 10_000,
  });
  expect(await gateway.ensureSearchAttributes()).toEqual({ known: false, detail });
  await gateway.start(jobInput('j-2', { searchAttributes: true }));
  expect(await attributesOf(namespace, 'j-2')).toEqual({});
  expect(await inputOf(namespace, 'j-2')).not.toHaveProperty('searchAttributes');
});

test('when the server has lost them, the job starts without, and the next one makes sure again', async () => {
  const namespace = await newNamespace();
  const gateway = gatewayTo(namespace);
  expect((await gateway.ensureSearchAttributes()).known).toBe(true);
  await connection.operatorService.removeSearchAttributes({ namespace, searchAttributes: ['Runbook'] });
  await gateway.start(jobInput('j-3'));
  expect(['ad hoc', undefined]).toContain((await attributesOf(namespace, 'j-3')).Runbook);
  await vi.waitFor(
    async () => {
      const id = `j-${Math.random()}`;
      await gateway.start(jobInput(id));
      expect(await attributesOf(namespace, id)).toMatchObject({ Runbook: 'ad hoc', JobStatus: 'queued' });
    },
    { timeout: 20_000, interval: 200 },
  );
});

test('a namespace that does not exist is told; a server that is away is an error', async () => {
  expect(await gatewayTo('n-nothere').ensureSearchAttributes()).toMatchObject({
    known: false,
    detail: expect.stringContaining('does not exist') as string,
  });
  const away = createTemporalGateway({ connection: { address: '127.0.0.1:1' }, namespace: 'default', queuePrefix: '' });
  await expect(away.ensureSearchAttributes()).rejects.toMatchObject({ code: 'engine_unavailable' });
  await away.close();
});

test('jobs are found by their status in Temporal, as it changes', async () => {
  const bench: ApiBench = await openApiBench();
  try {
    const client = new Client({ connection, namespace: 'default' });
    const idsOf = async (query: string): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
      return ids;
    };
    const found = (query: string, id: string) =>
      vi.waitFor(async () => expect(await idsOf(query)).toContain(id), { timeout: 20_000, interval: 200 });
    const waiting = await bench.start('ask');
    const running = await bench.start('hold');
    await found("JobStatus='waiting_for_approval' and NeedsApproval=true and Runbook='ad hoc' and RequestedBy='api'", waiting.id);
    await found("JobStatus='running' and NeedsApproval=false", running.id);
    await bench.send('POST', `/api/jobs/${running.id}/pause`, {});
    await found("JobStatus='paused'", running.id);
    await bench.send('POST', `/api/jobs/${running.id}/cancel`, {});
    await found("JobStatus='cancelled'", running.id);
    expect(await idsOf("JobStatus='paused'")).not.toContain(running.id);
  } finally {
    await bench.close();
  }
});
