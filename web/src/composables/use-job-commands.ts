import { useToast } from '@nuxt/ui/composables/useToast';
import { ref, type Ref } from 'vue';
import type { JobAction, JobState } from '../../../src/contract/job.ts';
import { reasonOf, RequestError } from '../api/client.ts';
import { jobStatuses } from '../status/vocabulary.ts';

type Act = (action: JobAction, comment?: string) => Promise<void>;

/** Pressing a button of the header: cancel asks first, a refusal is told with the state and what is allowed. */
export function useJobCommands(job: Ref<JobState | undefined>, act: Act) {
  const toast = useToast();
  const confirming = ref(false);

  async function send(action: JobAction, comment?: string): Promise<void> {
    try {
      await act(action, comment);
    } catch (error) {
      toast.add({
        title: `The job was not ${past[action]}`,
        description: why(error),
        icon: 'i-lucide-circle-alert',
        color: 'error',
        duration: 10_000,
      });
    }
  }
  function press(action: JobAction): void {
    if (action === 'cancel') confirming.value = true;
    else if (job.value) void send(action);
  }
  return { confirming, press, send };
}

const past: Record<JobAction, string> = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' };

function why(error: unknown): string {
  const problem = error instanceof RequestError ? error.problem : null;
  if (problem?.code !== 'action_not_allowed') return reasonOf(error);
  const status =
    problem.jobStatus && problem.jobStatus in jobStatuses
      ? jobStatuses[problem.jobStatus as keyof typeof jobStatuses].word
      : problem.jobStatus;
  const allowed = problem.allowed?.length ? `Allowed now: ${problem.allowed.join(', ')}.` : 'Nothing can be asked of it any more.';
  return `It is ${status?.toLowerCase() ?? 'in another state'} now. ${allowed}`;
}
