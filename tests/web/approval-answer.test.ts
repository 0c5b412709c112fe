import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref, type EffectScope } from 'vue';
import type { Approval } from '../../src/contract/approval.ts';
import { RequestError } from '../../web/src/api/client.ts';
import { refusalOf, useApprovalAnswer, type Act, type Choice } from '../../web/src/composables/use-approval-answer.ts';
import { question } from './approvals.ts';

const problem = (code: 'approval_superseded' | 'action_not_allowed', jobStatus: string) =>
  new RequestError('no', 409, { type: 'x', title: 'Conflict', status: 409, code, detail: 'no', jobStatus, allowed: [] });

let scope: EffectScope;
let ids = 0;
beforeEach(() => {
  vi.useFakeTimers();
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

/** A panel that has stood long enough to be answered. */
function panel(act: Act, over: Partial<Approval> = {}) {
  ids += 1;
  const asked = ref(question({ approvalId: `a-answer-${ids}`, ...over }));
  const answered: Choice[] = [];
  const make = () =>
    useApprovalAnswer(
      () => asked.value,
      act,
      (choice) => answered.push(choice),
    );
  const made = scope.run(make);
  if (!made) throw new Error('the scope has ended');
  return { ...made, asked, answered, make };
}
const rest = (): unknown => vi.advanceTimersByTime(500);

describe('an answer', () => {
  it('names the question and carries the comment, which is then forgotten', async () => {
    const sent: unknown[] = [];
    const { answer, comment, asked, answered } = panel(async (...said) => void sent.push(said));
    rest();
    comment.value = '  seen ';
    await answer('approve');
    expect(sent).toEqual([['approve', { approvalId: asked.value.approvalId, comment: 'seen' }]]);
    expect(answered).toEqual(['approve']);
    expect(comment.value).toBe('');
  });

  it('to a question of outcome names the step and its attempt', async () => {
    const sent: unknown[] = [];
    const { answer } = panel(async (...said) => void sent.push(said), { kind: 'outcome', attempt: 3 });
    rest();
    await answer('again');
    expect(sent).toEqual([['resolve', { stepId: 'c', attempt: 3, outcome: 'again', comment: undefined }]]);
  });

  it('is given once, however often it is pressed', async () => {
    let calls = 0;
    let arrive = (): void => undefined;
    const { answer, locked } = panel(() => {
      calls += 1;
      return new Promise<void>((resolve) => (arrive = resolve));
    });
    rest();
    const first = answer('approve');
    await answer('reject');
    expect(locked.value).toBe(true);
    arrive();
    await first;
    expect(calls).toBe(1);
    expect(locked.value).toBe(false);
  });

  it('does not count for half a second after another question came in the place of the one before', async () => {
    let calls = 0;
    const { answer, asked } = panel(async () => void (calls += 1));
    rest();
    asked.value = question({ approvalId: 'a-other', ask: 2 });
    await nextTick();
    await answer('approve');
    expect(calls).toBe(0);
    rest();
    await answer('approve');
    expect(calls).toBe(1);
  });

  it('that does not arrive keeps the comment, also when the panel is closed and opened again', async () => {
    const { answer, comment, refusal, make } = panel(() => Promise.reject(new RequestError('The server does not answer', 0, null)));
    rest();
    comment.value = 'long thought about';
    await answer('reject');
    expect(refusal.value).toContain('nobody knows whether your answer has arrived. Your comment is kept');
    expect(scope.run(make)?.comment.value).toBe('long thought about');
  });

  it('to a question that was replaced meanwhile says so, and the comment goes over to the new one', async () => {
    const { answer, comment, refusal, asked } = panel(() => {
      asked.value = question({ approvalId: 'a-replaced', ask: 2 });
      return Promise.reject(problem('approval_superseded', 'waiting_for_approval'));
    });
    rest();
    comment.value = 'as agreed';
    await answer('approve');
    expect(refusal.value).toContain('look again');
    expect(comment.value).toBe('as agreed');
  });
});

it('a refusal says what the job is now', () => {
  expect(refusalOf(problem('action_not_allowed', 'completed'))).toBe('The job is completed now, so your answer did not count.');
  expect(refusalOf(problem('action_not_allowed', 'unheard_of'))).toContain('in another state');
});
