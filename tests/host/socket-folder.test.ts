import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { socketFolder } from '../../src/host/socket-folder.ts';
import { tempFolder } from './harness.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("sockets are in the host's own folder, where no other user can make or see them", () => {
  const dir = join(tempFolder(), 'host');
  expect(socketFolder(dir)).toBe(join(dir, 'sockets'));
  expect([modeOf(dir), modeOf(join(dir, 'sockets'))]).toEqual([0o700, 0o700]);
  expect(socketFolder(dir)).toBe(join(dir, 'sockets'));
});

test('a folder whose path is too long for sockets is replaced by a private one elsewhere', () => {
  const elsewhere = tempFolder();
  const folder = socketFolder(`/srv/${'ü'.repeat(40)}/host`, elsewhere);
  expect([dirname(folder), modeOf(folder)]).toEqual([elsewhere, 0o700]);
});
