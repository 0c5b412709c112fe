/** Where the browsers' own sockets are. */
import { lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the system takes for a path of a socket, less what Playwright puts behind the folder (`/browser/browser-<6 digits>.sock`). */
const longest = 103 - '/browser/browser-000000.sock'.length - 4;

/**
 * A folder for Playwright's sockets that belongs to this user alone (mode 0700). Playwright's own choice, `/tmp/pw-<hash of $USER>`, is shared by all
 * users whose environment has no `USER`: the second of them could start no browser.
 * @param dir the host's folder, used when its path is short enough for sockets
 */
export function socketFolder(dir: string, temporary = tmpdir()): string {
  const inside = join(dir, 'sockets');
  if (Buffer.byteLength(inside) > longest) return mkdtempSync(join(temporary, 'understudy-'));
  mkdirSync(inside, { recursive: true, mode: 0o700 });
  if (!lstatSync(inside).isDirectory()) throw new Error(`${inside} is no folder; remove it.`);
  return inside;
}
