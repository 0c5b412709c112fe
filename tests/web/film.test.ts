/** Pictures by time, happenings, and what a live picture says of itself. */
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../src/contract/artifact.ts';
import type { LiveFrame } from '../../src/contract/evidence.ts';
import type { JobState, StepState } from '../../src/contract/job.ts';
import { scaleOf } from '../../web/src/components/live/axis-scale.ts';
import { cellsOf, filmOf, keepFrame, noFrames, pictureAt, pictureFor, usualRatio } from '../../web/src/components/live/film.ts';
import { ageWords, latencyOf, offsetOf, whyStill, type Still } from '../../web/src/components/live/live-words.ts';
import { drawnMarks, happeningsOf } from '../../web/src/components/live/marks.ts';
import { workViewport } from '../../src/host/protocol.ts';
import { at } from '../domain/job-events.ts';

const start = Date.parse(at(0));
const file = (id: string, second: number, more: Partial<Artifact> = {}): Artifact => ({
  ...{ id, jobId: 'j', stepId: null, kind: 'screenshot', name: `${id}.jpg`, type: 'image/jpeg', bytes: 1, sha256: null, detail: null },
  ...{ createdAt: at(second), ...more },
});
const frame = (ms: number): LiveFrame => ({
  ...{ at: start + ms, sentAt: start + ms + 5, url: 'http://site/', width: 1280, height: 800, jpeg: 'AAAA', doing: null },
});
const reel = { start, href: (id: string) => `/files/${id}` };

describe('film', () => {
  const film = filmOf(
    [file('b', 20, { stepId: 's2' }), file('a', 10, { stepId: 's1' }), file('v', 15, { kind: 'video', type: 'video/webm' })],
    [frame(14_000)],
    reel,
  );

  it('has the pictures that were kept and those that were seen live, in order of time', () => {
    expect(film.map(({ src, at: time }) => [src.slice(0, 15), time])).toEqual([
      ['/files/a', 10_000],
      ['data:image/jpeg', 14_000],
      ['/files/b', 20_000],
    ]);
  });
  it('a moment has the last picture before it, or the first there is', () => {
    expect(pictureAt(film, 19_999)?.at).toBe(14_000);
    expect(pictureAt(film, 0)?.key).toBe('a');
    expect(pictureAt([], 5)).toBeUndefined();
  });
  it('a step that was chosen has its own picture, though it was taken after its end; another shows what was there', () => {
    expect(pictureFor(film, 18_000, 's2')?.key).toBe('b');
    expect(pictureFor(film, 18_000, 's3')?.at).toBe(14_000);
    expect(pictureFor(film, 18_000, undefined)?.at).toBe(14_000);
  });
  it('what is to be known of a picture goes with it', () => {
    const note = 'Taken when the next step had begun to act: it may show what that step has done.';
    const [plain, told] = filmOf([file('a', 1), file('b', 2, { detail: { note } })], [], reel);
    expect(told?.note).toBe(note);
    expect(plain).not.toHaveProperty('note');
  });
  it('the room that is kept for the first picture has the shape of a browser that was not told otherwise', () => {
    expect(usualRatio).toBe(workViewport.width / workViewport.height);
  });
  it('an hour of frames keeps a bounded number, over the whole of it', () => {
    let seen = noFrames;
    for (let ms = 0; ms < 3_600_000; ms += 200) seen = keepFrame(seen, frame(ms));
    const { kept } = seen;
    expect(kept.length).toBeLessThanOrEqual(60);
    expect(kept.length).toBeGreaterThan(25);
    expect(kept[0]?.at).toBe(start);
    expect(kept.at(-1)?.at).toBeGreaterThan(start + 3_400_000);
  });
  it('the picture at which a page came to rest is kept, and an empty browser never', () => {
    const empty = { ...frame(0), url: 'about:blank' };
    const [first, flash, rest] = [frame(100), frame(300), frame(500)];
    const moving = [empty, first, flash, rest].reduce((film, one) => keepFrame(film, one), noFrames);
    expect(moving.kept).toEqual([first]);
    const quiet = keepFrame(moving, rest, true);
    expect(quiet.kept).toEqual([first, rest]);
    expect(keepFrame(quiet, rest, true).kept).toEqual([first, rest]);
  });
  it('the strip ends at now and begins with the first picture', () => {
    const scale = scaleOf({ length: 20_000, idle: [], growing: true });
    const cells = cellsOf(film, { scale, end: 20_000, count: 10 });
    expect(cells.at(-1)!.left + cells.at(-1)!.width).toBeCloseTo(scale.place(20_000));
    expect(cells[0]!.left).toBeGreaterThan(0.3);
    expect(cellsOf([], { scale, end: 20_000, count: 10 })).toEqual([]);
  });
});

const step = (id: string, more: Partial<StepState>): StepState => ({
  ...{ id, ordinal: 3, description: id, action: 'click', effect: 'read', status: 'succeeded', attempt: 1, retries: 0, captures: [] },
  ...more,
});

describe('happenings', () => {
  const job: Pick<JobState, 'steps' | 'notices'> = {
    steps: [
      step('s', {
        retries: 2,
        finishedAt: at(30),
        troubles: [
          { at: at(12), kind: 'console', text: 'TypeError' },
          { at: at(11), kind: 'request', text: 'GET /x → 503' },
        ],
        approvals: [
          {
            ...{ approvalId: 'p', kind: 'step', ask: 1, askedAt: at(20), sentence: 'Click “Pay”' },
            answer: { verdict: 'approved', actor: 'Mei', at: at(25), comment: 'fine' },
          },
        ],
      }),
    ],
    notices: [
      { at: at(28), kind: 'happening', about: 'restored', text: 'Back on its page' },
      { at: at(20), kind: 'happening', about: 'approval', text: 'Asked' },
      { at: at(29), kind: 'warning', text: 'No video' },
    ],
  };
  it('differ in shape and tone, stand in order of time, and tell an approval once', () => {
    expect(happeningsOf(job, start).map(({ at: time, shape, tone, text }) => [time / 1_000, shape, tone, text])).toEqual([
      [11, 'square', 'fail', 'GET /x → 503'],
      [12, 'disc', 'wait', 'TypeError'],
      [20, 'diamond', 'wait', 'Asked at step 3: Click “Pay”'],
      [25, 'diamond', 'ok', 'Approved by Mei · “fine”'],
      [28, 'disc', 'pause', 'Back on its page'],
      [29, 'disc', 'wait', 'No video'],
      [30, 'disc', 'wait', 'Step 3 looked for its element 2 more times'],
    ]);
  });
  it('of a kind that stand on one place are one mark that counts them', () => {
    const many = { steps: [], notices: Array.from({ length: 1_000 }, () => ({ at: at(5), kind: 'warning' as const, text: 'again' })) };
    expect(drawnMarks(happeningsOf(many, start), (time) => time / 10_000)).toMatchObject([{ count: 1_000 }]);
  });
});

describe('live', () => {
  it('latency is what a frame took beyond the fastest that was seen, whatever the clocks say', () => {
    const skew = 300_000;
    const first = offsetOf(undefined, 1_000, 1_000 + skew + 20);
    const second = offsetOf(first, 2_000, 2_000 + skew + 5);
    expect(second).toBe(skew + 5);
    expect(latencyOf({ at: 2_960, sentAt: 3_000 }, 3_000 + skew + 35, second)).toBe(70);
    expect(offsetOf(second, 3_000, 3_000 + skew + 35)).toBe(second);
  });
  it.each<[string | undefined, Partial<Still> & { status?: JobState['status']; parked?: boolean; off?: boolean }]>([
    [undefined, {}],
    ['Quiet page', { state: 'quiet' }],
    ['Paused', { status: 'paused', state: 'quiet' }],
    ['Waiting for approval', { status: 'waiting_for_approval' }],
    ['Parked', { status: 'waiting_for_approval', parked: true, state: 'none' }],
    ['Queued to come back', { status: 'queued', parked: true, state: 'none' }],
    ['Queued', { status: 'queued' }],
    ['Reconnecting', { freshness: 'stale', status: 'paused' }],
    ['Reconnecting', { state: undefined }],
    ['No picture yet', { state: undefined, age: undefined }],
    ['No picture yet', { age: undefined }],
    ['No newer picture', { age: 3_500 }],
    ['Quiet page', { state: 'quiet', age: 60_000 }],
    ['Browser host away', { state: 'unreachable' }],
    ['Live view is off', { off: true, age: undefined }],
    ['Live view is off', { state: 'off' }],
  ])('says %s', (word, { status = 'running', parked, off, ...still }) => {
    const job = { status, ...(parked && { parked: { at: at(1), url: '' } }), ...(off && { options: { live: false } }) };
    expect(whyStill({ state: 'moving', freshness: 'live', age: 200, ...still, job })?.word).toBe(word);
  });
  it('an age has a place after the point only below a second', () => {
    expect([ageWords(240), ageWords(12_300), ageWords(200_000)]).toEqual(['0.2 s old', '12 s old', '3 min old']);
  });
});
