import { expect, it } from 'vitest';
import type { Artifact } from '../../src/contract/artifact.ts';
import { mergeArtifacts } from '../../web/src/composables/merge-artifacts.ts';

const file = (id: string, second: number, bytes = 1): Artifact => ({
  ...{ id, jobId: 'j', stepId: null, kind: 'screenshot', name: `${id}.jpg`, type: 'image/jpeg', bytes, sha256: null, detail: null },
  createdAt: new Date(second * 1000).toISOString(),
});

it('files stand in order of time, however they come', () => {
  const known = mergeArtifacts([], [file('b', 2)]);
  expect(mergeArtifacts(known, [file('c', 3), file('a', 1)]).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

it('a file that was replaced is there once, as it is now', () => {
  const known = [file('a', 1), file('b', 2)];
  expect(mergeArtifacts(known, [file('a', 3, 9)])).toEqual([file('b', 2), file('a', 3, 9)]);
});

it('a list that was overtaken by a message takes nothing back', () => {
  const known = [file('a', 3, 9), file('b', 4)];
  expect(mergeArtifacts(known, [file('a', 1)])).toEqual([file('a', 3, 9), file('b', 4)]);
});
