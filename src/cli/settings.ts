/** Which server is meant, and the key to it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Console } from './console.ts';
import { CommandError } from './exit.ts';

export type Server = {
  url: URL;
  /** undefined: none was found; only reading is possible then */
  key: string | undefined;
  /** where the key was looked for, for the message that says that it is missing */
  keySought: string;
};

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Folders in which a server of this machine may keep its data. */
function homes({ env, cwd, home }: Console): string[] {
  const named = env['UNDERSTUDY_HOME'];
  return named ? [resolve(cwd, named)] : [...new Set([join(cwd, '.understudy'), join(home, '.understudy')])];
}

function readFirst(folders: string[], name: string): string | undefined {
  for (const folder of folders) {
    try {
      return readFileSync(join(folder, name), 'utf8').trim();
    } catch {
      continue;
    }
  }
  return undefined;
}

/** `npm start` takes another port when 3000 is taken, and notes it. */
function notedAddress(folders: string[]): string | undefined {
  try {
    const { api } = JSON.parse(readFirst(folders, join('run', 'ports.json')) ?? '{}') as { api?: unknown };
    return typeof api === 'number' ? `http://127.0.0.1:${api}` : undefined;
  } catch {
    return undefined;
  }
}

function parseAddress(text: string, from: string): URL {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '') return url;
  throw new CommandError(`${from}: “${text}” is no address of a server; write it as http://127.0.0.1:3000`);
}

/**
 * `--url`, else UNDERSTUDY_URL, else the server that this installation has started, else port 3000. The key that the first start has made is sent to this machine only;
 * for other servers give it as UNDERSTUDY_API_KEY.
 * @throws CommandError when the address is none
 */
export function findServer(console: Console, wanted: string | undefined): Server {
  const { env } = console;
  const folders = homes(console);
  const url = wanted
    ? parseAddress(wanted, '--url')
    : env['UNDERSTUDY_URL']
      ? parseAddress(env['UNDERSTUDY_URL'], 'UNDERSTUDY_URL')
      : parseAddress(notedAddress(folders) ?? 'http://127.0.0.1:3000', 'the noted address');
  const given = env['UNDERSTUDY_API_KEY'];
  if (given) return { url, key: given.trim(), keySought: 'UNDERSTUDY_API_KEY' };
  if (!loopback.has(url.hostname)) return { url, key: undefined, keySought: 'UNDERSTUDY_API_KEY (not set)' };
  const keySought = `UNDERSTUDY_API_KEY (not set) and ${folders.map((folder) => join(folder, 'api-key')).join(', ')}`;
  return { url, key: readFirst(folders, 'api-key'), keySought };
}
