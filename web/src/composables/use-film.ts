/** What the job page shows of a job's browser: film, axis, moment and the live picture, put together. */
import { computed, type Ref } from 'vue';
import type { JobState, StepState } from '../../../src/contract/job.ts';
import { isOver } from '../../../src/domain/decide.ts';
import { artifactUrl } from '../api/jobs.ts';
import { idleOf, scaleOf } from '../components/live/axis-scale.ts';
import { filmOf, pictureFor } from '../components/live/film.ts';
import { whyStill } from '../components/live/live-words.ts';
import { happeningsOf } from '../components/live/marks.ts';
import { restAt, segmentsOf } from '../components/live/segments.ts';
import { usePageStream } from '../stream/page-stream.ts';
import { useArtifacts } from './use-artifacts.ts';
import { useLive } from './use-live.ts';
import { useMoment } from './use-moment.ts';

/** What a job has waited for people. Times in ms since `start`; open questions last until `now`. */
function waitsOf({ steps }: JobState, start: number, now: number) {
  return steps.flatMap(({ approvals = [] }) =>
    approvals.map(({ askedAt, answer }) => ({ from: Date.parse(askedAt) - start, to: (answer ? Date.parse(answer.at) : now) - start })),
  );
}

/** `chosen`: the step that was chosen by hand; `shown`: the one that the page tells of, chosen or not. */
export type Selection = { chosen: Ref<string | undefined>; shown: Ref<StepState | undefined> };

export function useFilm(job: Ref<JobState | undefined>, id: string, { chosen, shown }: Selection) {
  const { freshness } = usePageStream();
  const artifacts = useArtifacts(id);
  const growing = computed(() => job.value !== undefined && !isOver(job.value.status));
  const live = useLive(
    id,
    computed(() => growing.value && job.value?.startedAt !== undefined && job.value.options?.live !== false),
  );
  const start = computed(() => Date.parse(job.value?.startedAt ?? job.value?.createdAt ?? new Date().toISOString()));
  const now = computed(() => (job.value?.finishedAt ? Date.parse(job.value.finishedAt) : live.serverNow.value));
  const segments = computed(() => segmentsOf(job.value?.steps ?? [], { start: start.value, now: Math.max(now.value, start.value) }));
  const film = computed(() => filmOf(artifacts.value, live.seen.value, { start: start.value, href: (file) => artifactUrl(id, file) }));
  const length = computed(() =>
    growing.value
      ? Math.max(now.value - start.value, segments.value.at(-1)?.from ?? 0, film.value.at(-1)?.at ?? 0, 0)
      : Math.max(0, now.value - start.value),
  );
  const scale = computed(() => {
    const waits = job.value ? waitsOf(job.value, start.value, now.value) : [];
    return scaleOf({ length: length.value, idle: idleOf(segments.value, waits, length.value), growing: growing.value });
  });
  const rest = computed(() => (growing.value ? undefined : restAt(shown.value, segments.value, start.value)));
  const moment = useMoment({ segments, length, rest, cuts: computed(() => scale.value.cuts) });
  const happenings = computed(() => (job.value ? happeningsOf(job.value, start.value) : []));
  /** A failed step's own picture tells more than the next one of the same page: it marks what may have been meant. Who moves the axis sees what was there. */
  const picture = computed(() =>
    pictureFor(film.value, moment.at.value, chosen.value ?? (moment.following.value ? rest.value?.stepId : undefined)),
  );
  const still = computed(() =>
    job.value ? whyStill({ job: job.value, state: live.state.value, freshness: freshness.value, age: live.age.value }) : undefined,
  );
  return { artifacts, growing, live, start, segments, film, length, scale, rest, moment, happenings, picture, still };
}

export type Film = ReturnType<typeof useFilm>;
