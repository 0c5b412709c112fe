/** Encryption at rest (AES-256-GCM): secrets in Postgres, values in the ledger. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type Vault = { seal(plain: string): Buffer; open(sealed: Buffer): string };

/** What was to be opened was sealed with another key, or has changed. */
export class SealBroken extends Error {
  constructor() {
    super('What is kept of this job was sealed with another key (UNDERSTUDY_KEY), or has changed.');
    this.name = 'SealBroken';
  }
}

const ivBytes = 12;
const tagBytes = 16;

/** @param key 64 hex digits. `open` throws SealBroken when the bytes were sealed with another key or changed. */
export function createVault(key: string): Vault {
  const secret = Buffer.from(key, 'hex');
  return {
    seal(plain) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', secret, iv);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, ivBytes));
        decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
        return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
      } catch {
        throw new SealBroken();
      }
    },
  };
}

/**
 * A keyed digest, 64 hex digits (HMAC-SHA256): equal texts are recognised by it, and a short one cannot be guessed from it without the key.
 * @param key 64 hex digits, of the vault; another one is derived from it
 */
export function createMac(key: string): (text: string) => string {
  const derived = Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), '', 'understudy digest', 32));
  return (text) => createHmac('sha256', derived).update(text, 'utf8').digest('hex');
}

/** The key from the environment, else the file's, else a new one in the file (mode 0600). Processes that start together agree: the first writer wins. */
export function readKey(fromEnvironment: string | null, file: string): string {
  if (fromEnvironment) return fromEnvironment;
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
