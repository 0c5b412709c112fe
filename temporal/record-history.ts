/**
 * Saves the history of a job for the replay tests. Usage: npx tsx temporal/record-history.ts <job id> <case name>
 * Reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE. Record a history of each new shape in the commit that changes workflow code.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const checkout = fileURLToPath(new URL('../', import.meta.url));
const folder = `${checkout}tests/replay/histories/`;

/**
 * Writes `<folder>/<name>.json`, encoded as the replayer needs it (not the Web UI's decoded export). A history that is there already stays: it is of an older
 * release, whose jobs must go on.
 */
export async function recordHistory(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId?: string },
  name: string,
): Promise<string> {
  const file = `${folder}${name}.json`;
  if (existsSync(file)) return file;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  // one event a line keeps differences readable; stacks need not tell where this checkout lies
  const { events } = JSON.parse(historyToJSON(history)) as { events: unknown[] };
  const lines = events.map((event) => JSON.stringify(event).replaceAll(checkout, ''));
  writeFileSync(file, `{"events":[\n${lines.join(',\n')}\n]}\n`);
  return file;
}

async function main(): Promise<void> {
  const [workflowId, name] = process.argv.slice(2);
  if (!workflowId || !name) throw new Error('usage: npx tsx temporal/record-history.ts <job id> <case name>');
  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
  const client = new Client({ connection, namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default' });
  console.log(await recordHistory(client, { workflowId }, name));
  await connection.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
