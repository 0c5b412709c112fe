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

test('steps whose browser has gone are named, each once', () => {
  const lost = createLostProof();
  for (const ordinal of [3, 3]) lost.gone('job', ordinal);
  expect(lost.take('job')).toEqual(['The picture of step 3 is missing: its browser has gone']);
  for (let ordinal = 1; ordinal <= 12; ordinal += 1) lost.gone('job', ordinal);
  expect(lost.take('job')).toEqual(['The pictures of steps 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more are missing: their browser has gone']);
});
