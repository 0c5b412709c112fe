/** The command `understudy`. */
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { runCommand } from './cli/program.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function onInterrupt(listener: () => void): () => void {
  for (const signal of signals) process.on(signal, listener);
  return () => signals.forEach((signal) => process.off(signal, listener));
}

// `understudy … | head`: whoever does not read any more wants to hear no more
for (const output of [process.stdout, process.stderr])
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });

const home = fileURLToPath(new URL('..', import.meta.url));
const { stdin, stdout, stderr, env } = process;
process.exitCode = await runCommand(
  process.argv.slice(2),
  { stdin, stdout, stderr, env, cwd: process.cwd(), home, onInterrupt },
  packageJson.version,
);
