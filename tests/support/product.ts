/** The whole product, started as its user starts it, in a folder and on ports of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { JobDetail } from '../../src/contract/job.ts';
import type { JobEvent } from '../../src/contract/event.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readyPattern = /Understudy is ready \(([\d.]+) s\)/;

export type Product = {
  url: string;
  temporalUi: string;
  temporalAddress: string;
  practice: string;
  home: string;
  /** id of the example job; undefined when none was started */
  exampleJob: string | undefined;
  secondsToReady: number;
  output: string[];
  /** with the bearer key; `body` is sent as JSON */
  request(method: string, path: string, body?: unknown): Promise<Response>;
  startJob(runbook: string, more?: Record<string, unknown>): Promise<JobDetail>;
  job(id: string): Promise<JobDetail>;
  /** resolves when the event has happened */
  until(jobId: string, happened: (event: JobEvent) => boolean): Promise<JobEvent>;
  /** resolves when a line of output matches, from now on */
  line(pattern: RegExp): Promise<string>;
  pid(part: string): number;
  /** SIGTERM; resolves with the milliseconds until everything was gone */
  stop(): Promise<number>;
};

export function temporaryHome(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'understudy-e2e-'));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }) };
}

/** Starts it, without the example job unless `env` says so, and waits until it says that it is ready. @throws Error with its output when it ends before */
export async function startProduct(home: string, env: Record<string, string> = {}): Promise<Product> {
  const child = spawn(process.execPath, [join(root, 'bin/start.js')], {
    cwd: root,
    env: { ...cleanEnvironment(), UNDERSTUDY_EXAMPLE: 'off', UNDERSTUDY_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: string[] = [];
  const watchers = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      for (const watcher of [...watchers]) watcher(line);
    });
  }
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      const watcher = (text: string) => {
        if (!pattern.test(text)) return;
        watchers.delete(watcher);
        resolve(text);
      };
      watchers.add(watcher);
    });
  const ended = new Promise<never>((_, reject) =>
    child.once('exit', (code) => reject(new Error(`it ended (${code}):\n${output.slice(-40).join('\n')}`))),
  );
  ended.catch(() => undefined);
  await Promise.race([line(/Ctrl-C stops/), ended]);
  return describe({ child, home, output, line });
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = /^(UNDERSTUDY_|TEMPORAL_|DATABASE_URL$|PORT$|HOST$|VITEST|NODE_ENV$|TEST$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

type Started = { child: ChildProcess; home: string; output: string[]; line: Product['line'] };

function describe({ child, home, output, line }: Started): Product {
  const after = (label: string) =>
    output
      .find((text) => text.trim().startsWith(label))
      ?.trim()
      .split(/\s+/)
      .at(-1);
  const url = after('dashboard') ?? '';
  const key = readFileSync(join(home, 'api-key'), 'utf8').trim();
  const ports = JSON.parse(readFileSync(join(home, 'run', 'ports.json'), 'utf8')) as Record<string, number>;
  const request: Product['request'] = (method, path, body) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const read = async <T>(answer: Promise<Response>): Promise<T> => {
    const response = await answer;
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    url,
    home,
    output,
    line,
    request,
    temporalUi: after('Temporal Web UI') ?? '',
    temporalAddress: `127.0.0.1:${ports['temporal']}`,
    practice: after('practice site') ?? '',
    exampleJob: after('an example runs')?.split('/').at(-1),
    secondsToReady: Number(readyPattern.exec(output.join('\n'))?.[1]),
    startJob: (runbook, more = {}) => read<JobDetail>(request('POST', '/api/jobs', { runbook, ...more })),
    job: (id) => read<JobDetail>(request('GET', `/api/jobs/${id}`)),
    until: (jobId, happened) => until({ url, key, jobId, happened }),
    pid: (part) => (JSON.parse(readFileSync(join(home, 'run', `${part}.pid`), 'utf8')) as { pid: number }).pid,
    stop: () => stop(child),
  };
}

type Until = { url: string; key: string; jobId: string; happened: (event: JobEvent) => boolean };

/** Reads the job's stream until the event has come; connects again when the api was away. */
async function until({ url, key, jobId, happened }: Until): Promise<JobEvent> {
  for (let lastId = '0'; ;) {
    try {
      const response = await fetch(`${url}/api/jobs/${jobId}/events`, {
        headers: { authorization: `Bearer ${key}`, 'last-event-id': lastId },
      });
      for await (const event of eventsOf(response)) {
        lastId = String(event.seq);
        if (happened(event)) return event;
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function* eventsOf(response: Response): AsyncGenerator<JobEvent> {
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      if (!text.startsWith('data:')) continue;
      const message = JSON.parse(text.slice(5)) as { event?: JobEvent };
      if (message.event) yield message.event;
    }
  }
}

async function stop(child: ChildProcess): Promise<number> {
  const began = performance.now();
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  return performance.now() - began;
}
