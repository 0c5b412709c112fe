import { useToast } from '@nuxt/ui/composables/useToast';
import { ref, type Ref } from 'vue';
import type { JobAction, JobState } from '../../../src/contract/job.ts';
import { reasonOf, RequestError } from '../api/client.ts';
import { actionWords, type HeaderAction } from '../status/job-actions.ts';
import { jobStatuses } from '../status/vocabulary.ts';
import type { Answering } from './use-job.ts';

type Act = (action: JobAction, answer?: Answering) => Promise<void>;

/** Pressing a button of the header: cancel and rerun ask first, a refusal is told with the state and what is allowed. */
export function useJobCommands(job: Ref<JobState | undefined>, act: Act) {
  const toast = useToast();
  const confirming = ref(false);
  const rerunning = ref(false);

  /** @returns whether it was accepted; a refusal is on the screen already */
  async function send(action: JobAction, answer?: Answering): Promise<boolean> {
    try {
      await act(action, answer);
      return true;
    } catch (error) {
      toast.add({
        title: `The job was not ${past[action]}`,
        description: why(error),
        icon: 'i-lucide-circle-alert',
        color: 'error',
        duration: 10_000,
      });
      return false;
    }
  }
  function press(action: Exclude<HeaderAction, 'review'>): void {
    if (action === 'cancel') confirming.value = true;
    else if (action === 'rerun') rerunning.value = true;
    else if (job.value) void send(action);
  }
  return { confirming, rerunning, press, send };
}

const past: Record<JobAction, string> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
  approve: 'approved',
  reject: 'rejected',
  start_now: 'started now',
  resolve: 'answered',
};

const wordOf = (action: string): string => (action in actionWords ? actionWords[action as JobAction] : action);

const wordOfStatus = (status: string | undefined): string =>
  status && status in jobStatuses ? jobStatuses[status as keyof typeof jobStatuses].word.toLowerCase() : 'in another state';

function why(error: unknown): string {
  const problem = error instanceof RequestError ? error.problem : null;
  if (problem?.code !== 'action_not_allowed') return reasonOf(error);
  const allowed = problem.allowed ?? [];
  const now = allowed.length > 0 ? `Allowed now: ${allowed.map(wordOf).join(', ')}.` : 'Nothing can be asked of it any more.';
  return `It is ${wordOfStatus(problem.jobStatus)} now. ${now}`;
}
