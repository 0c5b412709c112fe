import { spawn } from 'node:child_process';

/**
 * Runs a command to its end, silently.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, lines?: number }} [options] default timeout: 10 minutes; `lines`: of its output
 *   in the error, the last ones, 25 by default
 * @returns {Promise<string>} what it printed
 * @throws {Error} with the end of its output, when it fails
 */
export function run(command, args, { cwd, env, timeoutMs = 600_000, lines = 25 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: env ?? process.env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output);
      reject(new Error(`${command} ${args.join(' ')}: ${signal ?? `exit ${code}`}\n${output.trim().split('\n').slice(-lines).join('\n')}`));
    });
  });
}
