import { ref } from 'vue';
import type { Problem } from '../../../src/contract/error.ts';
import type { JobDetail } from '../../../src/contract/job.ts';
import type { RerunBody, StartJobBody } from '../../../src/contract/start.ts';
import { reasonOf, RequestError } from '../api/client.ts';
import { rerunJob, startJob } from '../api/jobs.ts';
import { usePerson } from './use-person.ts';

export type Refused = { job?: undefined; reason: string; code: Problem['code'] | undefined; errors: NonNullable<Problem['errors']> };
export type Started = { job: JobDetail } | Refused;

/** Starts a job in the person's name. A press that is repeated because its answer was lost is the same job. */
function useStarting<B extends StartJobBody | RerunBody>(post: (body: B, key: string) => Promise<JobDetail>) {
  const { actor } = usePerson();
  const starting = ref(false);
  let last: { body: string; key: string } | undefined;

  async function start(body: B): Promise<Started> {
    const whole = { ...body, requestedBy: actor.value };
    const text = JSON.stringify(whole);
    if (last?.body !== text) last = { body: text, key: newKey() };
    starting.value = true;
    try {
      const job = await post(whole, last.key);
      last = undefined;
      return { job };
    } catch (error) {
      if (error instanceof RequestError && error.status !== 0) last = undefined;
      const problem = error instanceof RequestError ? error.problem : null;
      return { reason: reasonOf(error), code: problem?.code, errors: problem?.errors ?? [] };
    } finally {
      starting.value = false;
    }
  }
  return { start, starting };
}

export const useStartJob = () => useStarting(startJob);

/** Another attempt of a job that is over. */
export const useRerunJob = (jobId: string) => useStarting((body: RerunBody, key) => rerunJob(jobId, body, key));

/** `crypto.randomUUID` exists only where the page counts as secure (localhost, https). */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
