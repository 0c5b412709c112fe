/** The pictures of a job's browser while somebody looks: the last frame, what is done in it, how old and how late it is. */
import { useDocumentVisibility } from '@vueuse/core';
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import type { Doing, LiveFrame, LiveState } from '../../../src/contract/evidence.ts';
import { keepFrame, noFrames, type SeenFrame } from '../components/live/film.ts';
import { latencyOf, offsetOf } from '../components/live/live-words.ts';
import { usePageStream } from '../stream/page-stream.ts';
import { useClock } from './use-clock.ts';
import { useMark } from './use-mark.ts';

/** Who looks at another tab for a moment does not lose the picture. */
const leaveAfter = 2_000;
/** A figure that changes many times a second cannot be read. */
const latencyEvery = 1_000;

/** The server's clock as it is known here. */
function useServerClock() {
  const offset = ref<number>();
  const now = useClock();
  return {
    offset,
    /** `sentAt`: when the server said something, by its clock */
    heard: (sentAt: number): void => void (offset.value = offsetOf(offset.value, sentAt, Date.now())),
    /** clocks are set and machines sleep: after a break it is found out anew */
    forget: (): void => void (offset.value = undefined),
    /** ms since the epoch, by the server's clock; ticks each second */
    serverNow: computed(() => now.value - (offset.value ?? 0)),
  };
}

/** The middle one of the latencies of the last second. */
function useLatency() {
  const latency = ref<number>();
  let since = 0;
  let seen: number[] = [];
  function add(ms: number, at: number): void {
    seen.push(ms);
    if (latency.value !== undefined && at - since < latencyEvery) return;
    seen.sort((a, b) => a - b);
    latency.value = Math.round(seen[Math.floor(seen.length / 2)] ?? ms);
    since = at;
    seen = [];
  }
  return { latency, add };
}

/** Some of the frames, oldest first, a bounded number: the film of what was seen. */
function useSeen() {
  const seen = shallowRef<readonly SeenFrame[]>(noFrames.kept);
  let film = noFrames;
  function keep(frame: LiveFrame, atRest?: boolean): void {
    film = keepFrame(film, frame, atRest);
    if (film.kept !== seen.value) seen.value = film.kept;
  }
  return { seen, keep };
}

/** Watches while it is wanted and the tab is looked at. `begin` returns what ends it. */
function useWhileSeen(wanted: Ref<boolean>, begin: () => () => void, onEnd: () => void): void {
  const visibility = useDocumentVisibility();
  let leave: (() => void) | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  function end(): void {
    clearTimeout(leaving);
    if (!leave) return;
    leave();
    leave = undefined;
    onEnd();
  }
  watch(
    [wanted, visibility],
    ([wants, is]) => {
      clearTimeout(leaving);
      if (!wants) end();
      else if (is === 'visible') leave ??= begin();
      else leaving = setTimeout(end, leaveAfter);
    },
    { immediate: true },
  );
  onScopeDispose(end);
}

/** `wanted`: somebody looks, and there is something to see. A hidden tab wants nothing, so that nothing is captured for nobody. */
export function useLive(jobId: string, wanted: Ref<boolean>) {
  const { connection } = usePageStream();
  const frame = shallowRef<LiveFrame>();
  const state = ref<LiveState>();
  const doing = shallowRef<Doing | null>(null);
  const { seen, keep } = useSeen();
  const clock = useServerClock();
  const { latency, add } = useLatency();
  const { marked, hear, clear } = useMark();
  /** by the server's clock: what was sent before was kept for whoever comes late, and says nothing about latency */
  let joinedAt = 0;
  /** how old the frame was when it came */
  const late = ref(0);

  function show(came: LiveFrame): void {
    const at = Date.now();
    clock.heard(came.sentAt);
    late.value = latencyOf(came, at, clock.offset.value ?? 0);
    if (came.sentAt >= joinedAt) add(late.value, at);
    frame.value = came;
    // what is done is told by messages of its own, each of which comes: a frame may have waited
    hear(doing.value, came.url);
    keep(came);
  }
  const begin = (): (() => void) =>
    connection.watch(
      { jobs: [jobId], live: [jobId] },
      {
        screenshot: (message) => message.jobId === jobId && show(message.frame),
        live: (message) => {
          if (message.jobId !== jobId) return;
          state.value = message.state;
          if (message.state === 'quiet' && frame.value) keep(frame.value, true);
          doing.value = message.doing;
          hear(message.doing, frame.value?.url ?? '');
        },
        ready: ({ at }) => {
          joinedAt = Date.parse(at);
          clock.forget();
          clock.heard(joinedAt);
        },
      },
    );

  useWhileSeen(wanted, begin, () => {
    state.value = undefined;
    clear();
  });
  const age = computed(() => (frame.value ? Math.max(late.value, clock.serverNow.value - frame.value.at) : undefined));
  return { frame, state, doing, marked, seen, latency, age, serverNow: clock.serverNow };
}
