import { expect, test } from 'vitest';
import { NotStored } from '../../src/artifacts/store.ts';
import { createLostProof } from '../../src/activities/lost-proof.ts';

const failed = (code: string, n: number): Error => {
  const path = `/srv/artifacts/job/${n}.tmp`;
  return Object.assign(new Error(`${code}: no, open '${path}'`), { code, path });
};

test('a store that fails is told in words that name no folder, and the same trouble once', () => {
  const lost = createLostProof();
  for (let n = 0; n < 9; n += 1) lost.add('job', 'picture', failed('EIO', n));
  lost.add('job', 'picture', new NotStored('unwritable', failed('EACCES', 1).message));
  lost.add('job', 'page', new NotStored('no_space', 'full'));
  lost.add('job', 'page', new Error('/srv/artifacts is odd'));
  lost.add('other', 'picture', null);
  expect(lost.take('job')).toEqual([
    '9 pictures could not be stored: the store gave an error (EIO)',
    'A picture could not be stored: the folder of artifacts cannot be written',
    'The document of a failed step could not be stored: the disk is full',
    'The document of a failed step could not be stored: the store gave an error',
  ]);
  expect(lost.take('job')).toEqual([]);
});
