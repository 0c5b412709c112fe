import { expect, test } from 'vitest';
import { JobOptions, ScreenshotPolicy } from '../../src/contract/evidence.ts';
import { chosenOf, optionsInWords, optionsOf, policies } from '../../web/src/components/evidence/evidence-options.ts';
import { evidenceIn } from '../../web/src/components/runbook/run-form.ts';

test('every policy can be chosen', () => {
  expect(policies).toEqual(ScreenshotPolicy.options);
});

test('only what differs from the defaults is sent', () => {
  expect(optionsOf(chosenOf())).toEqual({});
  expect(evidenceIn(chosenOf(), { video: true })).toEqual({});
  expect(optionsOf({ screenshots: 'change', video: true, trace: false, live: false })).toEqual({ video: true, live: false });
  expect(optionsOf(chosenOf({ screenshots: 'never', trace: true }))).toEqual({ screenshots: 'never', trace: true });
  expect(JobOptions.safeParse(optionsOf({ screenshots: 'always', video: true, trace: true, live: false })).success).toBe(true);
});

test('a video that cannot be recorded here is not asked for, also when the attempt before had one', () => {
  expect(optionsOf(chosenOf({ video: true, trace: true }), { video: false })).toEqual({ trace: true });
  expect(evidenceIn(chosenOf({ video: true }), { video: false })).toEqual({});
});

test('options are told in words', () => {
  expect(optionsInWords({})).toBe('');
  expect(optionsInWords({ live: true, screenshots: 'change', video: false })).toBe('');
  expect(optionsInWords({ video: true, trace: true, screenshots: 'failure', live: false })).toBe(
    'Video, trace, pictures only of failures and the last page, no live view',
  );
});
