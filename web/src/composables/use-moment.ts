/** The one value of the job page's time axis: a time in the job. Until somebody takes hold of it, it is the end of what is known, or that of the failed step which the page shows. */
import { useIntervalFn, watchDebounced } from '@vueuse/core';
import { computed, ref, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { segmentAt, type Rest, type Segment } from '../components/live/segments.ts';
import type { Stretch } from '../components/live/axis-scale.ts';
import { nextMoment, parseMoment, previousMoment, playedTo } from './moments.ts';

const playEvery = 100;
const writeAfter = 400;

/** `length`: ms that are known so far. `rest`: where it stands by itself, when that is not the end. `cuts`: waits that playing leaves out. */
export type Course = {
  segments: Ref<readonly Segment[]>;
  length: Ref<number>;
  rest: Ref<Rest | undefined>;
  cuts: Ref<readonly Stretch[]>;
};

export function useMoment({ segments, length, rest, cuts }: Course) {
  const route = useRoute();
  /** undefined: nobody holds it */
  const held = ref(parseMoment(route.query['t']));
  const at = computed(() => Math.min(held.value ?? rest.value?.at ?? length.value, Math.max(0, length.value)));
  const following = computed(() => held.value === undefined);
  /** of a rest its own: the next step may begin in the same millisecond */
  const segment = computed(() => (following.value && rest.value?.segment) || segmentAt(segments.value, at.value));

  const { playing, toggle, stop } = usePlaying({
    begin: () => (following.value || at.value >= length.value) && (held.value = 0),
    advance: (passed) => {
      seek(playedTo(at.value, passed, cuts.value));
      return !following.value && at.value < length.value;
    },
  });

  function seek(to: number): void {
    held.value = to >= length.value && !rest.value ? undefined : Math.round(Math.min(Math.max(0, to), length.value));
  }
  function follow(): void {
    stop();
    held.value = undefined;
  }
  useAddress(held);
  return {
    at,
    following,
    segment,
    seek,
    follow,
    playing,
    toggle,
    previous: () => seek(previousMoment(segments.value, at.value)),
    next: () => seek(nextMoment(segments.value, at.value) ?? Infinity),
    /** the address of this moment, to be handed on */
    link: () => `${window.location.origin}${route.path}?t=${Math.round(at.value)}`,
  };
}

/** Advances by the time that has passed; `advance` says whether there is more. */
function usePlaying({ begin, advance }: { begin: () => void; advance: (passed: number) => boolean }) {
  const playing = ref(false);
  let last = 0;
  const { pause, resume } = useIntervalFn(tick, playEvery, { immediate: false });
  function tick(): void {
    const now = performance.now();
    const more = advance(now - last);
    last = now;
    if (!more) stop();
  }
  function stop(): void {
    playing.value = false;
    pause();
  }
  function start(): void {
    begin();
    last = performance.now();
    playing.value = true;
    resume();
  }
  return { playing, stop, toggle: () => (playing.value ? stop() : start()) };
}

/** `?t=122000`: written when the hand rests, not while it drags. */
function useAddress(held: Ref<number | undefined>): void {
  const route = useRoute();
  const router = useRouter();
  const path = route.path;
  watchDebounced(
    held,
    (to) => {
      if (route.path !== path) return;
      void router.replace({ query: { ...route.query, t: to === undefined ? undefined : String(to) }, hash: route.hash });
    },
    { debounce: writeAfter },
  );
}
