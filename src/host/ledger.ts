/**
 * A job's ledger: an append-only file, one sealed line per change, replayed when the host has been restarted.
 *
 * Durability: every line is written before its change is answered, so it survives the death of the host at any moment. Against power loss only the line
 * that says `acting` of a `once` step is forced to the disk (fdatasync): without it the step would be repeated silently. Any other line that a
 * power cut takes away leaves an older truth that asks again or asks a person, and never does a thing twice.
 */
import { closeSync, existsSync, fdatasync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Vault } from '../vault/vault.ts';
import type { Entry } from './gate.ts';
import { HostError } from './host-error.ts';

const dataToDisk = promisify(fdatasync);

export type Ledger = {
  /** what the file said when it was opened */
  entries: Entry[];
  /** Appends the entries as one line: all of them or none survive a crash. */
  append(entries: Entry[]): void;
  /** Resolves when everything appended is on the disk. */
  flush(): Promise<void>;
  /** Closes and deletes the file. */
  remove(): void;
  /** Closes the file and keeps it. */
  close(): void;
};

export const ledgerExists = (file: string): boolean => existsSync(file);

/**
 * Opens the file, or makes it (mode 0600). A torn last line (the host died while writing it) is cut off.
 * @throws HostError `ledger_unreadable` when a whole line was sealed with another key or has changed
 */
export function openLedger(file: string, vault: Vault): Ledger {
  const fd = openSync(file, 'a+', 0o600);
  const bytes = readFileSync(fd);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) ftruncateSync(fd, whole);
  let closed = false;
  const close = () => {
    if (!closed) closeSync(fd);
    closed = true;
  };
  try {
    return {
      entries: replay(bytes.subarray(0, whole), vault),
      append: (entries) => writeWhole(fd, Buffer.from(`${vault.seal(JSON.stringify(entries)).toString('base64')}\n`)),
      flush: () => dataToDisk(fd),
      remove() {
        close();
        rmSync(file, { force: true });
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length;) from += writeSync(fd, bytes, from);
}

function replay(bytes: Buffer, vault: Vault): Entry[] {
  const lines = bytes.toString('ascii').split('\n').filter(Boolean);
  return lines.flatMap((line, index) => {
    try {
      return JSON.parse(vault.open(Buffer.from(line, 'base64'))) as Entry[];
    } catch {
      throw new HostError(
        'ledger_unreadable',
        500,
        `Line ${index + 1} of the ledger cannot be read: it was sealed with another key, or changed.`,
      );
    }
  });
}
