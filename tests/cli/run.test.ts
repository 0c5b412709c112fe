import { createServer, request, type Server } from 'node:http';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { ExecutionReport } from '../../src/contract/report.ts';
import { startProduct, temporaryHome, type Product } from '../support/product.ts';
import { command, launchCommand, temporaryFolder, type Ended } from './command.ts';

const home = temporaryHome();
let product: Product;
beforeAll(async () => {
  product = await startProduct(home.path, { PORT: '0', UNDERSTUDY_PLAN: 'community' });
}, 240_000);
afterAll(async () => {
  await product?.stop();
  home.remove();
}, 30_000);

const settings = () => ({ UNDERSTUDY_HOME: product.home });

function runbook(steps: string, variables = ''): string {
  return `title: From the command line\nsettings: { baseUrl: ${product.practice}, pauseBetweenSteps: 0 }\nmetadata: { startUrl: /login }\n${variables}steps:\n${steps}`;
}

const greet = `
  - id: greet
    description: Greet
    action: { type: wait, selector: { tagName: h1, cssSelector: h1 } }
    captures: [{ name: greeting, strategy: expression, expression: 'Hello {{who}}' }]
`;
const who = 'variables: { who: { source: prompt } }\n';
const never = `
  - description: Look for what is not there
    action: { type: click, selector: { id: not-there } }
    timeout: 500
    retries: 0
`;
const long = `
  - description: Wait long
    action: { type: wait, duration: 60000 }
`;
const asking = `
  - description: Press the button
    action: { type: click, selector: { dataTestId: log-in } }
    approval: { message: 'Shall {{who}} log in?' }
`;

const started = (text: string): string => /\/jobs\/([\w-]+)/.exec(text)?.[1] ?? '';

test('a job is followed to its end: a line for each step, its values, and the report in a file', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'greet.yaml');
  writeFileSync(file, runbook(greet, who));
  const { code, stdout, stderr } = await command(['run', file, '--input', 'who=Ada'], { cwd: folder, env: settings() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/✓ 1 Open the start page {2}.*s\n/);
  expect(stdout).toMatch(/✓ 2 Greet {2}[\d.]+ m?s\n\s+greeting = Hello Ada\n/);
  expect(stdout).toContain('Completed  2 of 2 steps succeeded');
  expect(stdout).not.toContain('\u001b');
  const path = /report {2}(.+)\n/.exec(stdout)?.[1] ?? '';
  const report = JSON.parse(readFileSync(path, 'utf8')) as ExecutionReport;
  expect(report).toMatchObject({ jobId: started(stdout), status: 'completed', succeeded: 2, failed: 0 });
  expect((await product.job(report.jobId)).requestedBy).toBe('command line');
});

test(
  'a runbook of the library is run by its id, and one that is not there is answered with those that are',
  { timeout: 60_000 },
  async () => {
    const unknown = await command(['run', 'order-suplies'], { env: settings() });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('neither a file here nor a runbook of the server; the library has');
    expect(unknown.stderr).toContain('order-supplies');
    const known = await command(['run', 'order-supplies', '--no-follow', '--json'], { env: settings() });
    expect(known.code).toBe(0);
    const { jobId } = JSON.parse(known.stdout) as { jobId: string };
    expect((await product.job(jobId)).runbook?.id).toBe('order-supplies');
    await product.request('POST', `/api/jobs/${jobId}/cancel`, {});
  },
);

test('a job that fails ends the command with 1, with what went wrong and what can be done', { timeout: 60_000 }, async () => {
  const { code, stdout } = await command(['run', '-'], { cwd: temporaryFolder(), env: settings(), input: runbook(never) });
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ 2 Look for what is not there.*\n\s+No element matches the selector/);
  expect(stdout).toContain('Failed  1 of 2 steps succeeded · 1 failed');
});

test('a value that is missing is named with the option that gives it, and no job is started', { timeout: 60_000 }, async () => {
  const before = await jobs();
  const { code, stdout, stderr } = await command(['run', '-'], { env: settings(), input: runbook(greet, who) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('variables.who');
  expect(stderr).toContain('--input name=value');
  expect(await jobs()).toBe(before);
});

const jobs = async (): Promise<number> => {
  const { counts } = (await (await product.request('GET', '/api/jobs')).json()) as { counts: { all: number } };
  return counts.all;
};

test('secrets come from a file, are shown nowhere, and a file that others can read is spoken of', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const secrets = join(folder, 'secrets.env');
  writeFileSync(secrets, '# of the practice site\nwho="hush-hush 42"\n', { mode: 0o644 });
  const ended = await command(['run', '-', '--secret-file', secrets], { cwd: folder, env: settings(), input: runbook(greet, who) });
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('chmod 600');
  expect(ended.stdout).toContain('greeting = (sensitive)');
  const written = readdirSync(folder).filter((name) => name.startsWith('understudy-report-'));
  const all = ended.stdout + ended.stderr + written.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  expect(all).not.toContain('hush-hush');
});

test('each row of a table becomes a job of its own, and the worst of them is the exit code', { timeout: 90_000 }, async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'people.csv'), 'who,town\n"Ada, first",London\nGrace,New York\n');
  const input = runbook(greet, 'variables: { who: { source: data } }\n');
  const options = { cwd: folder, env: settings(), input };
  const several = await command(['run', '-', '--data', 'people.csv'], options);
  expect(several.code).toBe(2);
  expect(several.stderr).toContain('it has 2 rows, and a job takes one: choose with --row 1 to --row 2');
  const second = await command(['run', '-', '--data', 'people.csv', '--row', '2'], options);
  expect(second.stdout, second.stderr).toContain('greeting = Hello Grace');
  expect(second.stderr).toContain('no variable reads “town” of the data: not sent');
  const all = await command(['run', '-', '--data', 'people.csv', '--all-rows'], options);
  expect(all.code).toBe(0);
  expect(all.stdout).toContain('greeting = Hello Ada, first');
  expect(all.stdout).toContain('2 jobs: 2 completed, 0 failed, 0 cancelled');
});

test('a question is told with the address where it is answered, and the command waits for the answer', { timeout: 60_000 }, async () => {
  const running = launchCommand(['run', '-', '-i', 'who=Ada'], { cwd: temporaryFolder(), env: settings(), input: runbook(asking, who) });
  await running.shows('? Step 2 asks: ');
  await running.shows(`Approve or reject at ${product.url}/jobs/`);
  expect(running.stdout()).toContain('Shall Ada log in?');
  const { id, approval } = await product.job(started(running.stdout()));
  await product.request('POST', `/api/jobs/${id}/reject`, { approvalId: approval?.approvalId });
  const { code, stdout } = await running.ended;
  expect(code).toBe(1);
  expect(stdout).toContain('Rejected by');
});

test('Ctrl-C ends the command and not the job; with --cancel-on-interrupt it cancels the job', { timeout: 60_000 }, async () => {
  const left = await interrupted([]);
  expect(left.code).toBe(130);
  expect(left.stderr).toContain(`The job goes on. See and cancel it at ${product.url}/jobs/`);
  const id = started(left.stdout);
  expect((await product.job(id)).status).toBe('running');
  await product.request('POST', `/api/jobs/${id}/cancel`, {});
  const cancelled = await interrupted(['--cancel-on-interrupt']);
  expect(cancelled.code).toBe(3);
  expect(cancelled.stdout).toContain('Cancelled  ');
});

async function interrupted(options: string[]): Promise<Ended> {
  const running = launchCommand(['run', '-', ...options], { cwd: temporaryFolder(), env: settings(), input: runbook(long) });
  await running.shows('✓ 1 Open the start page');
  running.child.kill('SIGINT');
  return running.ended;
}

test('--timeout ends the following, with 124', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await command(['run', '-', '--timeout', '3s'], {
    cwd: temporaryFolder(),
    env: settings(),
    input: runbook(long),
  });
  expect(code).toBe(124);
  expect(stderr).toContain('It goes on');
  await product.request('POST', `/api/jobs/${started(stdout)}/cancel`, {});
});

test('a connection that breaks is made again where it broke: no step is told twice, none is left out', { timeout: 60_000 }, async () => {
  const proxy = await breakingProxy(product.url);
  const waits = Array.from({ length: 6 }, (_, n) => `\n  - description: Part ${n + 1}\n    action: { type: wait, duration: 400 }`).join('');
  const env = { ...settings(), UNDERSTUDY_URL: proxy.url };
  const running = launchCommand(['run', '-'], { cwd: temporaryFolder(), env, input: runbook(waits) });
  for (const part of ['Part 1', 'Part 3']) {
    await running.shows(part);
    proxy.cut();
  }
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  expect(stdout.match(/✓ \d Part \d/g)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `✓ ${n + 1} Part ${n}`));
  expect(stdout.match(/The connection is lost/g)).toHaveLength(2);
  expect(proxy.resumedFrom.length).toBeGreaterThanOrEqual(2);
  expect(proxy.resumedFrom.every((seq) => Number(seq) > 0)).toBe(true);
});

type Breaking = { url: string; cut(): void; resumedFrom: string[] };

/** Passes everything on under the product's own Host, and cuts all connections when asked to. */
async function breakingProxy(target: string): Promise<Breaking> {
  const { host, hostname, port } = new URL(target);
  const resumedFrom: string[] = [];
  const server: Server = createServer((incoming, answer) => {
    const seen = incoming.headers['last-event-id'];
    if (typeof seen === 'string') resumedFrom.push(seen);
    const onward = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host } },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      },
    );
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut: () => server.closeAllConnections(), resumedFrom };
}

test('files of the job are saved, and never over what is there', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const out = join(folder, 'out');
  const steps = `
  - description: Note a row
    action: { type: memory }
    captures: [{ name: name, strategy: expression, expression: "'Ada'" }]
    memoryOperations: [{ type: append, collection: people }]
  - description: Write it down
    action: { type: export, exportCollection: people, format: csv, path: people.csv }
`;
  const args = ['run', '-', '--output-dir', out, '--json'];
  const first = await command(args, { cwd: folder, env: settings(), input: runbook(steps) });
  expect(first.code, first.stderr).toBe(0);
  const told = JSON.parse(first.stdout) as { status: string; report: string; files: { name: string; path: string }[] };
  expect(told.status).toBe('completed');
  expect(told.files.map(({ path }) => path)).toEqual([join(out, 'people.csv')]);
  expect(readFileSync(join(out, 'people.csv'), 'utf8')).toContain('Ada');
  expect(existsSync(told.report)).toBe(true);
  const second = await command(args, { cwd: folder, env: settings(), input: runbook(steps) });
  expect((JSON.parse(second.stdout) as typeof told).files.map(({ path }) => path)).toEqual([join(out, 'people (2).csv')]);
});

test('what is asked for as proof travels with the job, is counted at the end, and can be saved', { timeout: 90_000 }, async () => {
  const folder = temporaryFolder();
  const args = ['run', '-', '-i', 'who=Ada', '--screenshots', 'always', '--trace', '--no-live', '--report-html', '--zip'];
  const { code, stdout, stderr } = await command(args, { cwd: folder, env: settings(), input: runbook(greet, who) });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const id = started(stdout);
  expect((await product.job(id)).options).toEqual({ screenshots: 'always', trace: true, live: false });
  expect(stdout).toMatch(new RegExp(`\\nkept {4}\\d+ pictures, 1 trace: ${product.url}/jobs/${id}\\n`));
  const saved = readdirSync(folder);
  expect(saved.sort()).toEqual([`understudy-${id}.zip`, `understudy-report-${id}.html`, `understudy-report-${id}.json`]);
  expect(readFileSync(join(folder, `understudy-report-${id}.html`), 'utf8')).toContain('data:image/jpeg;base64,');
  expect(
    readFileSync(join(folder, `understudy-${id}.zip`))
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
});

test('defaults are not sent, and a video that the plan has no part for is refused with its reason', { timeout: 60_000 }, async () => {
  const plain = await command(['run', '-', '-i', 'who=Ada', '--no-follow'], { env: settings(), input: runbook(greet, who) });
  expect((await product.job(started(plain.stdout))).options).toBeUndefined();
  const before = await jobs();
  const { code, stdout, stderr } = await command(['run', '-', '-i', 'who=Ada', '--video'], { env: settings(), input: runbook(greet, who) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('The job was not started. Video is part of the plan Business and up; this installation is on community');
  expect(stderr).toContain('Without --video it starts.');
  expect(await jobs()).toBe(before);
});

test('another key is refused with the place where the right one is', { timeout: 60_000 }, async () => {
  const { code, stderr } = await command(['run', '-', '--url', product.url], {
    env: { UNDERSTUDY_API_KEY: 'wrong' },
    input: runbook(greet, who),
    cwd: temporaryFolder(),
  });
  expect(code).toBe(2);
  expect(stderr).toContain('The server has another key');
});
