/** One job: the whole of it once, then every event by the stream, put together by the reducer that the server uses. */
import { useIntervalFn } from '@vueuse/core';
import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import type { AnswerBody, ResolveBody } from '../../../src/contract/command.ts';
import type { JobAction, JobDetail, JobState } from '../../../src/contract/job.ts';
import { allowedActions, isOver } from '../../../src/domain/decide.ts';
import { reasonOf, RequestError } from '../api/client.ts';
import { commandJob, getJob } from '../api/jobs.ts';
import { mergeEvent, mergeSnapshot } from '../stream/merge-job.ts';
import type { Listener } from '../stream/messages.ts';
import { usePageStream } from '../stream/page-stream.ts';
import { usePerson } from './use-person.ts';

const pollEvery = 10_000;

/** What only an answer of the api or the stream says: the events do not carry it. */
type Beside = Pick<JobDetail, 'temporal' | 'attempts' | 'queuePlace'>;

/** What is known of the job, and how it is asked for. */
function useKnownJob(id: string) {
  const job = shallowRef<JobState>();
  const beside = shallowRef<Beside>();
  const missing = ref(false);
  const error = ref('');

  function take(detail: JobDetail): void {
    beside.value = { temporal: detail.temporal, attempts: detail.attempts, queuePlace: detail.queuePlace };
    job.value = mergeSnapshot(job.value, detail);
    error.value = '';
    missing.value = false;
  }

  async function refresh(): Promise<void> {
    try {
      take(await getJob(id));
    } catch (e) {
      if (e instanceof RequestError && e.status === 404) missing.value = true;
      else error.value = reasonOf(e);
    }
  }
  return { job, beside, missing, error, take, refresh };
}

type KnownJob = ReturnType<typeof useKnownJob>;

/** Takes what the stream says; asks for the whole job when an event is missing. */
const listenerOf = (id: string, { job, beside, missing, refresh }: KnownJob): Listener => ({
  snapshot: (message) => {
    if (message.jobId === id) job.value = mergeSnapshot(job.value, message.state);
  },
  progress: (message) => {
    if (message.jobId === id && beside.value) beside.value = { ...beside.value, queuePlace: message.queuePlace };
  },
  event: (message) => {
    if (message.jobId !== id) return;
    const merged = mergeEvent(job.value, message.event);
    job.value = merged.state;
    if (merged.gap) void refresh();
  },
  gone: (message) => {
    if (message.jobId === id) missing.value = true;
  },
});

/** What goes with a press: a comment, and for an answer which question it is about. */
export type Answering = Omit<AnswerBody, 'actor'> | Omit<ResolveBody, 'actor'>;

function useAct(id: string, { take, refresh }: KnownJob) {
  const { actor } = usePerson();
  /** the action that was pressed and is not answered yet */
  const asked = ref<JobAction>();

  /** @throws RequestError when it is refused; the page has the new state then already or asks for it */
  async function act(action: JobAction, answer: Answering = {}): Promise<void> {
    asked.value = action;
    try {
      take(await commandJob(id, action, { actor: actor.value, ...answer }));
    } catch (e) {
      await refresh();
      throw e;
    } finally {
      asked.value = undefined;
    }
  }
  return { asked, act };
}

export function useJob(id: string) {
  const { connection, freshness } = usePageStream();
  const known = useKnownJob(id);
  const { job, beside, missing, error, refresh } = known;
  onScopeDispose(connection.watch({ jobs: [id] }, listenerOf(id, known)));
  useIntervalFn(() => {
    if (freshness.value !== 'live' && !(job.value && isOver(job.value.status)) && !missing.value) void refresh();
  }, pollEvery);
  void refresh();
  const actions = computed<JobAction[]>(() => (job.value ? allowedActions(job.value) : []));
  const temporal = computed(() => beside.value?.temporal);
  const attempts = computed(() => beside.value?.attempts ?? []);
  const queuePlace = computed(() => (job.value?.status === 'queued' ? (beside.value?.queuePlace ?? null) : null));
  return { job, temporal, attempts, queuePlace, actions, missing, error, refresh, ...useAct(id, known) };
}
