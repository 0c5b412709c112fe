/** The command as people start it: another process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { runCommand } from '../../src/cli/program.ts';

const program = fileURLToPath(new URL('../../bin/understudy.js', import.meta.url));

export type Ended = { code: number | null; stdout: string; stderr: string };
export type Running = {
  child: ChildProcess;
  stdout(): string;
  ended: Promise<Ended>;
  /** resolves when standard output has the text */
  shows(text: string | RegExp): Promise<void>;
};

type Options = { cwd?: string; env?: Record<string, string>; input?: string };

function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(UNDERSTUDY_|NO_COLOR$|FORCE_COLOR$|VITEST)/.test(name)));
}

export function launchCommand(args: string[], { cwd, env = {}, input = '' }: Options = {}): Running {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...cleanEnvironment(), ...env }, stdio: 'pipe' });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
  child.stdin.end(input);
  return {
    child,
    stdout: () => text.stdout,
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text }))),
    shows: (wanted) =>
      vi.waitFor(
        () => {
          const found = typeof wanted === 'string' ? text.stdout.includes(wanted) : wanted.test(text.stdout);
          if (!found) throw new Error(`not shown: ${String(wanted)}\n${text.stdout}\n${text.stderr}`);
        },
        { timeout: 30_000, interval: 25 },
      ),
  };
}

export const command = (args: string[], options?: Options): Promise<Ended> => launchCommand(args, options).ended;

/** The command within this process: quick, for what needs no process of its own. */
export async function commandHere(args: string[], { cwd = '.', env = {}, input = '' }: Options = {}): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text = { stdout: '', stderr: '' };
  stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
  const world = { stdin: Readable.from([input]), stdout, stderr, env, cwd, home: cwd, onInterrupt: () => () => undefined };
  const code = await runCommand(args, world, '0.0.0');
  stdout.end();
  stderr.end();
  await Promise.all([finished(stdout), finished(stderr)]);
  return { code, ...text };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
