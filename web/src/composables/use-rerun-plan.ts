import { onScopeDispose, ref, shallowRef } from 'vue';
import type { RerunPlan } from '../../../src/contract/start.ts';
import { reasonOf } from '../api/client.ts';
import { getRerunPlan } from '../api/jobs.ts';

/** What another attempt of a job would do; begins where the api suggests, else with the whole job. The plan before stays while another is asked for. */
export function useRerunPlan(jobId: string) {
  const plan = shallowRef<RerunPlan>();
  /** a step's id, as chosen; '' is the whole job */
  const from = ref('');
  const loading = ref(true);
  const error = ref('');
  let request: AbortController | undefined;

  async function ask(read: (signal: AbortSignal) => Promise<RerunPlan>): Promise<void> {
    request?.abort();
    const mine = new AbortController();
    request = mine;
    loading.value = true;
    try {
      const answer = await read(mine.signal);
      if (mine.signal.aborted) return;
      plan.value = answer;
      error.value = '';
    } catch (e) {
      if (!mine.signal.aborted) error.value = reasonOf(e);
    } finally {
      if (request === mine) loading.value = false;
    }
  }

  const planOf = (stepId: string, signal: AbortSignal): Promise<RerunPlan> => getRerunPlan(jobId, stepId || undefined, signal);
  const begin = (): Promise<void> =>
    ask(async (signal) => {
      const whole = await planOf('', signal);
      from.value = whole.suggestedFrom?.stepId ?? '';
      return from.value ? planOf(from.value, signal) : whole;
    });
  function choose(stepId: string): Promise<void> {
    from.value = stepId;
    return ask((signal) => planOf(stepId, signal));
  }
  /** Once more as it was chosen; from the beginning when nothing is known yet. */
  const again = (): Promise<void> => (plan.value ? choose(from.value) : begin());

  onScopeDispose(() => request?.abort());
  return { plan, from, loading, error, begin, choose, again };
}
